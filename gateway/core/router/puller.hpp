// The thread that reads the edge's log: a turn reads on from where core stands and witnesses what is new, closes links that have run out,
// and destroys the intake identities of links that are over. It never waits for a document. `tools.edge` is used by this thread only.
#pragma once

#include "gateway/core/loop.hpp"
#include "gateway/core/router/tools.hpp"

namespace gateway::core::router {

struct PullerOptions {
    Loop::Pause pull_every{1'000};
    Backoff when_unreachable{};
};

class Puller final {
public:
    // `on_documents`: called on this thread when the log has brought something.
    Puller(Tools tools, PullerOptions options, std::function<void()> on_documents);

    Loop& loop() noexcept { return loop_; }
    Loop::Pause turn();

private:
    crypto::Result<void> pull();
    void close_expired();
    std::vector<policies::GrantId> grants_over();
    void destroy_intake_identities(const std::vector<policies::GrantId>& grants);

    Tools tools_;
    PullerOptions options_;
    std::function<void()> on_documents_;
    std::uint64_t failures_ = 0;  // in a row
    bool inconsistent_ = false;   // the edge's log was caught lying: nothing is pulled until an operator has looked (a restart)
    Loop loop_;
};

}  // namespace gateway::core::router
