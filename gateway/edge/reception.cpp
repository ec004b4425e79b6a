#include "gateway/edge/reception.hpp"

#include "gateway/edge/file_hash.hpp"
#include "gateway/edge/limits.hpp"
#include "gateway/edge/protocol/resumable.hpp"
#include "gateway/edge/receiver.hpp"

namespace gateway::edge {

namespace asio = boost::asio;
using http::Exchange;

namespace {

// Fills the buffer, for at most check_pause; fewer bytes than it holds only then and at the end of the body.
asio::awaitable<std::size_t> read_piece(Exchange& exchange, std::span<std::uint8_t> buffer) {
    const auto began = std::chrono::steady_clock::now();
    std::size_t filled = 0;
    bool more = true;
    while (more && filled < buffer.size() && std::chrono::steady_clock::now() - began < limits::check_pause) {
        const auto room = buffer.subspan(filled);
        const std::size_t got = co_await exchange.read_some(room);
        filled += got;
        more = got != 0;
    }
    co_return filled;
}

struct Flow {
    Services& services;
    Exchange& exchange;
    const ActiveUploads::Claim& claim;
    std::optional<std::uint64_t> interop;
};

// The claim is the caller's.
asio::awaitable<Answer<void>> receive_body(Flow flow, std::shared_ptr<Receiver> receiver) {
    auto& exchange = flow.exchange;
    std::vector<std::uint8_t> buffer(static_cast<std::size_t>(std::min<std::uint64_t>(limits::piece_bytes, exchange.body_left())));
    Answer<void> step;
    std::size_t filled = buffer.size();
    auto told = receiver->upload().offset;
    while (filled != 0 && step.has_value() && !flow.claim.cancelled()) {
        filled = co_await read_piece(exchange, buffer);
        const crypto::ByteView piece(buffer.data(), filled);
        auto take = [receiver, piece] { return receiver->take(piece); };
        step = co_await offload(flow.services.pool, std::move(take));
        if (flow.interop && step.has_value() && receiver->upload().offset != told) {
            told = receiver->upload().offset;
            auto progress = protocol::resumable::so_far(told, *flow.interop);
            co_await exchange.send_interim(std::move(progress));
        }
    }
    // Also after a cut body or a full disk: what arrived is kept, so that the client goes on from there.
    const bool whole = step.has_value() && exchange.body_left() == 0 && exchange.body_error() == http::BodyError::none;
    auto finish = [receiver, whole] { return receiver->finish(whole); };
    const Answer<void> finished = co_await offload(flow.services.pool, std::move(finish));
    if (step.has_error()) {
        co_return step.error();
    }
    if (finished.has_error()) {
        co_return finished.error();
    }
    if (flow.claim.cancelled()) {
        co_return http::problems::conflict;
    }
    co_return whole ? Answer<void>() : Answer<void>(http::problems::timeout);
}

}  // namespace

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
        step = co_await receive_body(flow, receiver);
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
