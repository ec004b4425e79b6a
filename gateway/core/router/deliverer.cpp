#include "gateway/core/router/deliverer.hpp"

#include "gateway/core/router/delivery.hpp"
#include "gateway/log.hpp"

namespace gateway::core::router {

namespace {

constexpr std::size_t documents_a_turn_max = 1'000;

void log_failure(const boost::system::error_code& error, std::string_view document) {
    log_event("delivery.delayed", {{"document", document}, {"error", error.category().name()}, {"code", error.value()}});
}

}  // namespace

Deliverer::Deliverer(Tools tools, storage::core::Documents::Sizes sizes, DelivererOptions options, std::function<void()> on_verdict)
    : tools_(std::move(tools)), sizes_(sizes), options_(options), on_verdict_(std::move(on_verdict)), delays_(options.when_it_fails),
      loop_("deliverer", [this] { return turn(); }) {}

Loop::Pause Deliverer::turn() {
    const auto underway =
        tools_.database.read([this](storage::Connection& connection) -> storage::Result<std::vector<storage::core::Document>> {
            return storage::core::Documents::underway(connection, sizes_, documents_a_turn_max);
        });
    if (underway.has_error()) {
        log_failure(underway.error(), {});
        return options_.look_every;
    }
    for (const auto& document : *underway) {
        if (!delays_.is_due(document.id.text(), tools_.clock.now())) {
            continue;
        }
        // A fresh object each: the keys of one document do not outlive its turn.
        Delivery delivery(tools_, case_types_, [this](Step) { return !loop_.stopping(); });
        const auto end = delivery.run(document.id);
        if (loop_.stopping()) {
            break;
        }
        if (end.has_value()) {
            delays_.forget(document.id.text());
            on_verdict_();
            continue;
        }
        // One document that cannot be delivered holds up no other.
        log_failure(end.error(), document.id.text());
        delays_.failed(document.id.text(), tools_.clock.now());
        if (end.error().category() == client::category()) {
            break;  // perhaps the edge went away: the next turn will tell
        }
    }
    return options_.look_every;
}

}  // namespace gateway::core::router
