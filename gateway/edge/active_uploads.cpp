#include "gateway/edge/active_uploads.hpp"

#include "gateway/edge/limits.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace gateway::edge {

namespace asio = boost::asio;

struct ActiveUploads::Holder {
    policies::UploadId id;
    http::Exchange* exchange;
    bool cancelled = false;
    std::vector<std::shared_ptr<asio::steady_timer>> waiting;  // rung when this one ends

    void cancel() {
        cancelled = true;
        exchange->cancel_body();
    }
};

struct ActiveUploads::State {
    std::map<policies::UploadId, std::shared_ptr<Holder>> holders;
};

ActiveUploads::ActiveUploads() : state_(std::make_shared<State>()) {}

ActiveUploads::Claim::Claim(std::shared_ptr<State> state, std::shared_ptr<Holder> holder) noexcept
    : state_(std::move(state)), holder_(std::move(holder)) {}

ActiveUploads::Claim::~Claim() {
    if (!holder_) {
        return;  // moved from
    }
    state_->holders.erase(holder_->id);
    for (const auto& timer : holder_->waiting) {
        timer->cancel();
    }
}

bool ActiveUploads::Claim::cancelled() const noexcept {
    return holder_->cancelled;
}

void ActiveUploads::cancel(const policies::UploadId& id) {
    if (const auto found = state_->holders.find(id); found != state_->holders.end()) {
        found->second->cancel();
    }
}

asio::awaitable<std::optional<ActiveUploads::Claim>> ActiveUploads::claim(policies::UploadId id, http::Exchange& exchange) {
    const auto state = state_;
    const auto executor = co_await asio::this_coro::executor;
    const auto deadline = std::chrono::steady_clock::now() + limits::takeover;
    // Several newer ones may wait: whoever wakes first takes it, and the next takes over from that one.
    for (auto found = state->holders.find(id); found != state->holders.end(); found = state->holders.find(id)) {
        if (std::chrono::steady_clock::now() >= deadline) {
            co_return std::nullopt;
        }
        const auto older = found->second;
        const auto timer = std::make_shared<asio::steady_timer>(executor, deadline);
        older->waiting.push_back(timer);
        older->cancel();
        boost::system::error_code rung;
        auto token = asio::redirect_error(asio::use_awaitable, rung);
        co_await timer->async_wait(std::move(token));
    }
    auto holder = std::make_shared<Holder>(Holder{id, &exchange, false, {}});
    state->holders.emplace(std::move(id), holder);
    co_return Claim(state, std::move(holder));
}

}  // namespace gateway::edge
