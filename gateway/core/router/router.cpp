#include "gateway/core/router/router.hpp"

namespace gateway::core::router {

Router::Router(RouterTools tools, PullerOptions options, const std::function<void()>& on_verdict, std::uint64_t large)
    : everyday_(std::move(tools.everyday), {0, large}, {}, on_verdict), large_(std::move(tools.large), {large, INT64_MAX}, {}, on_verdict),
      puller_(std::move(tools.pulling), options, [this] {
          everyday_.loop().wake();
          large_.loop().wake();
      }) {}

void Router::start() {
    puller_.loop().start();
    everyday_.loop().start();
    large_.loop().start();
}

void Router::stop() {
    puller_.loop().stop();
    everyday_.loop().stop();
    large_.loop().stop();
}

Loop::Pause Router::turn() {
    const auto pause = puller_.turn();
    everyday_.turn();
    large_.turn();
    return pause;
}

}  // namespace gateway::core::router
