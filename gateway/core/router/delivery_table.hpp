// The way of one document through the router as tables: which step comes next, and what a finding makes of the document. Pure: no rows,
// no network, no clock. delivery.cpp walks these tables; a test walks them too.
#pragma once

#include "policies/decision.hpp"
#include "policies/states.hpp"

#include <array>
#include <optional>

namespace gateway::core::router {

enum class Step {
    look,          // ask the edge for the manifest; compare it with the witnessed leaf
    gate,          // transaction: consent and policy; accepted → checking, or withdrawn
    open_manifest, // with the intake identity: MAC, grant, item, limits
    begin_filing,  // transaction: consent again; checking → filing
    fetch,         // stream: hash, decrypt, hash again; ciphertext into the case store
    ask_again,     // consent, right before the case store is told to keep it
    store,         // header beside payload: durable
    record,        // transaction: consent, filing → filed, audit entry, notices, mails
};
inline constexpr std::array
    all_steps{Step::look, Step::gate, Step::open_manifest, Step::begin_filing, Step::fetch, Step::ask_again, Step::store, Step::record};

// What stops a document. Everything else that can go wrong (edge away, disk full) leaves it where it is, to be tried again.
enum class Finding {
    withdrawn,      // the gate says no
    expired,        // the gate says no: the consent ran out while the document waited
    no_rule,        // the case type does not know such a document from such a party
    gone,           // the edge no longer has what its log says it accepted
    changed,        // the edge hands out other bytes than its log says
    forged,         // MAC: not sealed by the holder of the link
    not_for_us,     // not encrypted to this grant's intake key
    damaged,        // an age file that does not authenticate, or a plaintext that is not the one in the manifest
    wrong_request,  // sealed for another grant or item
    too_large,      // over the limits that were asked for
    too_many,
    dossier_full,   // the case type's limits for the whole dossier
};
inline constexpr std::array all_findings{
    Finding::withdrawn,
    Finding::expired,
    Finding::no_rule,
    Finding::gone,
    Finding::changed,
    Finding::forged,
    Finding::not_for_us,
    Finding::damaged,
    Finding::wrong_request,
    Finding::too_large,
    Finding::too_many,
    Finding::dossier_full
};

Step first_step() noexcept;
// After `step` went well, with the document in `state` as it is in the database now. Nothing after record.
std::optional<Step> step_after(Step step, policies::DocumentState state) noexcept;

struct Verdict {
    policies::DocumentState state;
    std::string_view code;   // for the uploader's text: policies::verdict_text
    std::string_view cause;  // for the audit log: the finding itself
};
Verdict verdict_of(Finding finding) noexcept;

Finding finding_of(const policies::Decision& no) noexcept;  // of a decision that did not permit

}  // namespace gateway::core::router
