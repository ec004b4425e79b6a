#include "gateway/core/router/router.hpp"

#include "gateway/core/router/delivery.hpp"
#include "gateway/core/router/witness.hpp"
#include "gateway/log.hpp"
#include "storage/core/audit.hpp"
#include "storage/core/grants.hpp"

#include <algorithm>

namespace gateway::core::router {

namespace {

constexpr std::size_t documents_a_turn_max = 1'000;
constexpr std::int64_t expiry_slack = policies::one_day;  // the edge's clock may be behind ours

void log_failure(std::string_view event, const boost::system::error_code& error, std::string_view document) {
    log_event(event, {{"document", document}, {"error", error.category().name()}, {"code", error.value()}});
}

}  // namespace

Router::Router(Tools tools, RouterOptions options, std::function<void()> on_verdict)
    : tools_(std::move(tools)), options_(options), on_verdict_(std::move(on_verdict)), delays_(options.when_unreachable),
      loop_("router", [this] { return turn(); }) {}

Loop::Pause Router::turn() {
    if (!inconsistent_) {
        close_expired();
        // Asked before the pull: what a link still took in before it was closed is in what this pull brings.
        const auto over = grants_over();
        const auto pulled = pull();
        if (pulled.has_error()) {
            ++failures_;
            return std::max(options_.pull_every, options_.when_unreachable.after(failures_));
        }
        destroy_intake_identities(over);
    }
    failures_ = 0;
    // Also when the edge's log was caught lying: what was witnessed before that is still good.
    deliver_all();
    return options_.pull_every;
}

crypto::Result<void> Router::pull() {
    Witness witness(tools_);
    const auto pulled = witness.pull();
    if (pulled.has_value()) {
        if (*pulled > 0) {
            log_event("edge-log.witnessed", {{"entries", *pulled}});
        }
        return {};
    }
    if (pulled.error() == WitnessErrc::inconsistent) {
        const auto recorded = witness.record_inconsistency();
        inconsistent_ = recorded.has_value();  // not written down: try again, it will be found again
        return recorded;
    }
    log_failure("edge-log.unread", pulled.error(), {});
    return pulled.error();
}

// A link that has run out is closed by a posting like any other. Only when the edge has that posting does anything depend on it: were our
// clock wrong, the edge would stop taking documents, and none that it took could lose its key.
void Router::close_expired() {
    const auto now = tools_.clock.now();
    const auto closed = tools_.database.commit([&](storage::Connection& connection) -> storage::Result<std::size_t> {
        const auto expired = storage::core::Grants::expired(connection, now + -expiry_slack);
        for (const auto& grant : expired) {
            if (const auto version = storage::core::Grants::change(connection, grant.id, policies::GrantState::closed, grant.epoch);
                version.has_error()) {
                return version.error();
            }
            const storage::Entry entry{
                "grant.closed", {{"dossier", grant.dossier.text()}, {"grant", grant.id.text()}, {"reason", "expired"}}, {}
            };
            storage::core::record(connection, tools_.audit, entry, now);
        }
        return expired.size();
    });
    if (closed.has_error()) {
        log_failure("grants.not-closed", closed.error(), {});
    } else if (*closed > 0) {
        log_event("grants.closed", {{"grants", std::uint64_t{*closed}}});
    }
}

std::vector<policies::GrantId> Router::grants_over() {
    const auto over = tools_.database.read([](storage::Connection& connection) -> storage::Result<std::vector<policies::GrantId>> {
        return storage::core::Grants::over(connection);
    });
    return over.has_value() ? *over : std::vector<policies::GrantId>();
}

// Forward secrecy: once a link takes nothing more and all it brought is decided, nobody can open what was sent to it, not even we.
void Router::destroy_intake_identities(const std::vector<policies::GrantId>& grants) {
    if (grants.empty()) {
        return;
    }
    const auto destroyed = tools_.database.commit([&](storage::Connection& connection) -> storage::Result<std::size_t> {
        const auto still = storage::core::Grants::over(connection);
        std::size_t count = 0;
        for (const auto& grant : grants) {
            if (std::find(still.begin(), still.end(), grant) != still.end()) {  // no: the pull brought a document
                storage::core::Grants::destroy_identity(connection, grant);
                ++count;
            }
        }
        return count;
    });
    log_event("grants.intake-destroyed", {{"grants", destroyed.has_value() ? std::uint64_t{*destroyed} : 0}});
}

void Router::deliver_all() {
    const auto underway =
        tools_.database.read([](storage::Connection& connection) -> storage::Result<std::vector<storage::core::Document>> {
            return storage::core::Documents::underway(connection, documents_a_turn_max);
        });
    if (underway.has_error()) {
        log_failure("delivery.delayed", underway.error(), {});
        return;
    }
    for (const auto& document : *underway) {
        if (!delays_.is_due(document.id.text(), tools_.clock.now())) {
            continue;
        }
        // A fresh object each: the keys of one document do not outlive its turn.
        Delivery delivery(tools_, case_types_, [this](Step) { return !loop_.stopping(); });
        const auto end = delivery.run(document.id);
        if (loop_.stopping()) {
            return;
        }
        if (end.has_value()) {
            delays_.forget(document.id.text());
            if (on_verdict_) {
                on_verdict_();
            }
            continue;
        }
        // One document that cannot be delivered holds up neither the others nor the next pull.
        log_failure("delivery.delayed", end.error(), document.id.text());
        delays_.failed(document.id.text(), tools_.clock.now());
        if (end.error().category() == client::category()) {
            return;  // perhaps the edge went away: the next pull will tell
        }
    }
}

}  // namespace gateway::core::router
