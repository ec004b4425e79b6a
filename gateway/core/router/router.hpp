// The router: the thread that takes sealed uploads in. A turn reads the edge's log from where core stands, witnesses it, and then
// carries every document that is under way as far as it gets. It works off rows alone: a kill at any moment costs a repetition.
// It believes a leaf because the edge's pinned key signed the root above it, and a document because its MAC, hashes and intake key fit.
// Everything in Tools is owned by main and outlives the router; `edge` is used by this thread only.
#pragma once

#include "gateway/core/delays.hpp"
#include "gateway/core/loop.hpp"
#include "gateway/core/router/tools.hpp"
#include "gateway/core/surroundings.hpp"

namespace gateway::core::router {

struct RouterOptions {
    Loop::Pause pull_every{1'000};
    Backoff when_unreachable{};  // the edge, or what one document needs
};

class Router final {
public:
    // `on_verdict`: called on the router's thread after documents got their verdict; main wakes publisher and notifier there.
    Router(Tools tools, RouterOptions options, std::function<void()> on_verdict);

    void start() { loop_.start(); }
    void stop() { loop_.stop(); }
    void wake() { loop_.wake(); }

    Loop::Pause turn();  // one turn, for tests: what the thread does again and again. Gives the pause before the next.

private:
    crypto::Result<void> pull();
    void deliver_all();
    void close_expired();
    std::vector<policies::GrantId> grants_over();
    void destroy_intake_identities(const std::vector<policies::GrantId>& grants);

    Tools tools_;
    RouterOptions options_;
    std::function<void()> on_verdict_;
    CaseTypes case_types_;
    std::uint64_t failures_ = 0;  // of pulls, in a row
    Delays delays_;               // of documents that could not be delivered
    bool inconsistent_ = false;  // the edge's log was caught lying: nothing is pulled until an operator has looked (a restart)
    Loop loop_;
};

}  // namespace gateway::core::router
