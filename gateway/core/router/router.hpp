// The router takes sealed uploads in, on three threads: one reads the edge's log and waits for no document, one carries the documents of
// everyday size, one the large ones, so that nobody's report waits for somebody's archive. It believes a leaf because the edge's pinned
// key signed the root above it, and a document because its MAC, hashes and intake key fit. Everything in Tools is owned by main and
// outlives the router; the three need an edge link each.
#pragma once

#include "gateway/core/router/deliverer.hpp"
#include "gateway/core/router/puller.hpp"

namespace gateway::core::router {

constexpr std::uint64_t large_bytes = 64ULL << 20U;  // of ciphertext; a second of work

struct RouterTools {
    Tools pulling, everyday, large;
};

class Router final {
public:
    // `on_verdict`: called on the router's threads after documents got their verdict; main wakes publisher and notifier there.
    Router(RouterTools tools, PullerOptions options, const std::function<void()>& on_verdict, std::uint64_t large = large_bytes);

    void start();
    void stop();

    Loop::Pause turn();  // one turn of each thread, for tests. Gives the puller's pause.

private:
    Deliverer everyday_;
    Deliverer large_;
    Puller puller_;
};

}  // namespace gateway::core::router
