#include "gateway/core/router/delivery_table.hpp"

#include "crypto/ensure.hpp"

namespace gateway::core::router {

using policies::DocumentState;

Step first_step() noexcept {
    return Step::look;
}

std::optional<Step> step_after(Step step, DocumentState state) noexcept {
    switch (step) {
    case Step::look:
        return Step::gate;  // also after a stop: the consent may have been withdrawn in between
    case Step::gate:
        return Step::open_manifest;
    case Step::open_manifest:
        return state == DocumentState::filing ? Step::fetch : Step::begin_filing;
    case Step::begin_filing:
        return Step::fetch;
    case Step::fetch:
        return Step::ask_again;
    case Step::ask_again:
        return Step::store;
    case Step::store:
        return Step::record;
    case Step::record:
        return std::nullopt;
    }
    return std::nullopt;
}

Verdict verdict_of(Finding finding) noexcept {
    switch (finding) {
    case Finding::withdrawn:
        return {DocumentState::withdrawn, "consent-withdrawn", "withdrawn"};
    case Finding::expired:
        return {DocumentState::withdrawn, "consent-expired", "expired"};
    case Finding::no_rule:
        return {DocumentState::refused, "wrong-type", "no-rule"};
    case Finding::gone:
        return {DocumentState::redo, "damaged", "gone"};
    case Finding::changed:
        return {DocumentState::redo, "damaged", "changed"};
    case Finding::forged:
        return {DocumentState::refused, "wrong-request", "forged"};
    case Finding::not_for_us:
        return {DocumentState::redo, "damaged", "not-for-us"};
    case Finding::damaged:
        return {DocumentState::redo, "damaged", "damaged"};
    case Finding::wrong_request:
        return {DocumentState::refused, "wrong-request", "wrong-request"};
    case Finding::too_large:
        return {DocumentState::refused, "refused", "too-large"};
    case Finding::too_many:
        return {DocumentState::refused, "refused", "too-many"};
    case Finding::dossier_full:
        return {DocumentState::refused, "dossier-full", "dossier-full"};
    }
    crypto::ensure(false, "every finding has a verdict");
    return {DocumentState::refused, "refused", "refused"};
}

Finding finding_of(const policies::Decision& no) noexcept {
    crypto::ensure(!no.permit, "a finding comes from a decision that said no");
    if (no.reason == "unknown-document") {
        return Finding::no_rule;
    }
    return no.reason == "expired" ? Finding::expired : Finding::withdrawn;
}

}  // namespace gateway::core::router
