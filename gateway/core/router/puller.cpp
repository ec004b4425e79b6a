#include "gateway/core/router/puller.hpp"

#include "gateway/core/router/witness.hpp"
#include "gateway/log.hpp"
#include "storage/core/audit.hpp"
#include "storage/core/grants.hpp"

#include <algorithm>

namespace gateway::core::router {

namespace {

constexpr std::int64_t expiry_slack = policies::one_day;  // the edge's clock may be behind ours

void log_failure(std::string_view event, const boost::system::error_code& error) {
    log_event(event, {{"error", error.category().name()}, {"code", error.value()}});
}

}  // namespace

Puller::Puller(Tools tools, PullerOptions options, std::function<void()> on_documents)
    : tools_(std::move(tools)), options_(options), on_documents_(std::move(on_documents)), loop_("puller", [this] { return turn(); }) {}

Loop::Pause Puller::turn() {
    if (inconsistent_) {
        return options_.pull_every;
    }
    close_expired();
    // Asked before the pull: what a link still took in before it was closed is in what this pull brings.
    const auto over = grants_over();
    const auto pulled = pull();
    if (pulled.has_error()) {
        return std::max(options_.pull_every, options_.when_unreachable.after(++failures_));
    }
    failures_ = 0;
    destroy_intake_identities(over);
    return options_.pull_every;
}

crypto::Result<void> Puller::pull() {
    Witness witness(tools_);
    const auto pulled = witness.pull();
    if (pulled.has_value()) {
        if (*pulled > 0) {
            log_event("edge-log.witnessed", {{"entries", *pulled}});
            on_documents_();
        }
        return {};
    }
    if (pulled.error() == WitnessErrc::inconsistent) {
        const auto recorded = witness.record_inconsistency();
        inconsistent_ = recorded.has_value();  // not written down: try again, it will be found again
        return recorded;
    }
    log_failure("edge-log.unread", pulled.error());
    return pulled.error();
}

// A link that has run out is closed by a posting like any other. Only when the edge has that posting does anything depend on it: were our
// clock wrong, the edge would stop taking documents, and none that it took could lose its key.
void Puller::close_expired() {
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
        log_failure("grants.not-closed", closed.error());
    } else if (*closed > 0) {
        log_event("grants.closed", {{"grants", std::uint64_t{*closed}}});
    }
}

std::vector<policies::GrantId> Puller::grants_over() {
    const auto over = tools_.database.read([](storage::Connection& connection) -> storage::Result<std::vector<policies::GrantId>> {
        return storage::core::Grants::over(connection);
    });
    return over.has_value() ? *over : std::vector<policies::GrantId>();
}

// Forward secrecy: once a link takes nothing more and all it brought is decided, nobody can open what was sent to it, not even we.
void Puller::destroy_intake_identities(const std::vector<policies::GrantId>& grants) {
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

}  // namespace gateway::core::router
