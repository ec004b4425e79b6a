#include "gateway/edge/reception.hpp"

#include "gateway/edge/file_hash.hpp"
#include "gateway/edge/limits.hpp"
#include "gateway/edge/protocol/resumable.hpp"
#include "gateway/edge/receiver.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>

#include <utility>

namespace gateway::edge {

namespace asio = boost::asio;
using http::Exchange;

namespace {

// Puts pieces down on the pool, one behind the other, while the next one comes in. I/O thread only.
class Writing {
public:
    Writing(Pool& pool, std::shared_ptr<Receiver> receiver, asio::any_io_executor executor)
        : pool_(pool), receiver_(std::move(receiver)), executor_(std::move(executor)), state_(std::make_shared<State>(executor_)) {}

    bool busy() const noexcept { return state_->busy; }

    // Not while busy.
    void start(Piece piece) {
        state_->busy = true;
        auto work = [receiver = receiver_, piece = std::make_shared<Piece>(std::move(piece))] {
            return receiver->take({piece->bytes.get(), piece->size});
        };
        auto done = [state = state_](const std::exception_ptr& failure, Answer<void> taken) {
            state->busy = false;
            state->outcome = failure ? Answer<void>(http::problems::internal) : taken;
            state->bell.cancel();
        };
        asio::co_spawn(executor_, offload(pool_, std::move(work)), std::move(done));
    }

    // What came of the last one. Until then the receiver is its own.
    asio::awaitable<Answer<void>> ended() {
        const auto state = state_;
        while (state->busy) {
            state->bell.expires_at(asio::steady_timer::time_point::max());
            boost::system::error_code rung;
            auto token = asio::redirect_error(asio::use_awaitable, rung);
            co_await state->bell.async_wait(std::move(token));
        }
        co_return state->outcome;
    }

private:
    struct State {
        explicit State(const asio::any_io_executor& executor) : bell(executor) {}
        asio::steady_timer bell;
        bool busy = false;
        Answer<void> outcome;
    };
    Pool& pool_;
    std::shared_ptr<Receiver> receiver_;
    asio::any_io_executor executor_;
    std::shared_ptr<State> state_;
};

struct Flow {
    Services& services;
    Exchange& exchange;
    const ActiveUploads::Claim& claim;
    std::optional<std::uint64_t> interop;

    bool goes_on() const { return exchange.body_error() == http::BodyError::none && !claim.cancelled(); }
};

asio::awaitable<void> tell_progress(Flow flow, const Receiver& receiver, std::uint64_t& told) {
    if (flow.interop && receiver.upload().offset != told) {
        told = receiver.upload().offset;
        auto progress = protocol::resumable::so_far(told, *flow.interop);
        co_await flow.exchange.send_interim(std::move(progress));
    }
}

// Until the body ends, breaks off, or a piece is refused. Each piece holds what came in while the one before went to the disk; a body that
// stalls holds none.
asio::awaitable<Answer<void>> take_pieces(Flow flow, std::shared_ptr<Receiver> receiver, Piece piece) {
    auto& exchange = flow.exchange;
    const auto executor = co_await asio::this_coro::executor;
    Writing writing(flow.services.pool, receiver, executor);
    Answer<void> step;
    auto told = receiver->upload().offset;
    bool stalled = false;
    for (;;) {
        const bool last = exchange.body_left() == 0 || !flow.goes_on();
        const bool due = piece.size != 0 && (last || piece.full() || stalled || !writing.busy());
        if (due || last) {
            step = co_await writing.ended();
            if (step.has_error() || piece.size == 0) {
                co_return step;
            }
            co_await tell_progress(flow, *receiver, told);
            writing.start(std::exchange(piece, Piece()));
            continue;
        }
        stalled = false;
        if (piece.read_now(exchange) == 0) {
            const auto patience = piece.size == 0 ? limits::check_pause : limits::stall_pause;
            if (piece.size == 0) {
                piece = Piece();
            }
            stalled = !co_await exchange.wait_for_body(patience);
        }
    }
}

// The claim is the caller's.
asio::awaitable<Answer<void>> receive_body(Flow flow, std::shared_ptr<Receiver> receiver, Piece beginning) {
    const Answer<void> step = co_await take_pieces(flow, receiver, std::move(beginning));
    // Also after a cut body or a full disk: what arrived is kept, so that the client goes on from there.
    const bool all_here = flow.exchange.body_left() == 0 && flow.exchange.body_error() == http::BodyError::none;
    const bool whole = step.has_value() && all_here;
    auto finish = [receiver, whole] { return receiver->finish(whole); };
    const Answer<void> finished = co_await offload(flow.services.pool, std::move(finish));
    if (step.has_error()) {
        co_return step.error();
    }
    if (finished.has_error()) {
        co_return finished.error();
    }
    if (flow.claim.cancelled() && !whole) {
        co_return http::problems::conflict;
    }
    co_return whole ? Answer<void>() : Answer<void>(http::problems::timeout);
}

}  // namespace

asio::awaitable<Piece> read_promptly(Exchange& exchange) {
    Piece piece;
    bool stalled = false;
    while (!stalled && exchange.body_left() != 0 && exchange.body_error() == http::BodyError::none) {
        if (piece.read_now(exchange) == 0) {
            stalled = !co_await exchange.wait_for_body(limits::stall_pause);
        }
    }
    co_return piece;
}

asio::awaitable<Reception> receive(Services& services, Exchange& exchange, Delivery delivery) {
    const auto id = delivery.upload.id;
    const auto claim = co_await services.active.claim(id, exchange);
    if (!claim) {
        co_return Reception{http::problems::conflict, std::move(delivery.upload)};
    }
    const auto receiver = std::make_shared<Receiver>(services, std::move(delivery.upload));
    auto begin = [receiver, &delivery] { return receiver->begin(delivery.append); };
    Answer<void> step = co_await offload(services.pool, std::move(begin));
    if (step.has_value()) {
        const Flow flow{services, exchange, *claim, delivery.interop};
        step = co_await receive_body(flow, receiver, std::move(delivery.beginning));
    }
    Reception reception{{}, receiver->upload()};
    if (step.has_error()) {
        reception.problem = step.error();
    }
    co_return reception;
}

asio::awaitable<void>
tell_digest(Services& services, const Exchange& exchange, const storage::edge::Upload& upload, http::Response& response) {
    if (!upload.complete || exchange.request().count("want-repr-digest") == 0) {
        co_return;
    }
    auto hash = [&services, &upload] { return hash_file(services.vault, upload); };
    const storage::Result<crypto::Digest> digest = co_await offload(services.hashing, std::move(hash));
    if (digest.has_value()) {
        const protocol::Expected value{crypto::ChecksumAlgorithm::sha256, crypto::Bytes(digest->bytes.begin(), digest->bytes.end())};
        response.with("Repr-Digest", protocol::digest_text(value));
    }
}

}  // namespace gateway::edge
