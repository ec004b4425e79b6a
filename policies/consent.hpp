// May this document be disclosed by this party now? Pure: the facts come from the consent register, the time from the caller.
// Only a consent that is *given*, within its period, of the right kind and for this discloser permits; there is no grace.
// A record is never edited: its state is what its last event says.
#pragma once

#include "policies/case_type.hpp"
#include "policies/states.hpp"

#include <span>

namespace policies {

struct ConsentEvent {
    std::uint64_t sequence = 0;
    ConsentState state = ConsentState::requested;  // what the event made of it
    Instant at;
    std::string by;  // user name of staff
    std::string reason;
};

struct ConsentRecord {
    ConsentId id;
    std::string rule;  // of the case type: "release-medical"
    PartyId party;     // the discloser it names
    Instant from, until;
    std::string evidence, note;
    std::vector<ConsentEvent> events;  // in order
};

struct Discloser {
    PartyId party;
    std::string role;         // of the case type
    std::uint64_t epoch = 0;  // of (dossier, discloser)
};

ConsentState state_of(const ConsentRecord& record) noexcept;             // by events alone
Instant until_of(const ConsentRecord& record, const ConsentRule& rule);  // the earlier of its own end and the rule's maximum age
bool may_follow(ConsentState before, ConsentState after) noexcept;       // domain.md, "States"

// Reasons when permitted: "not-needed", "given". When not: "missing", "not-yet", "expired", "withdrawn", "refused", "invalidated",
// "wrong-discloser", "unknown-document".
Decision consent_for(
    const CaseType& case_type,
    std::string_view document_type,
    const Discloser& discloser,
    std::span<const ConsentRecord> records,
    Gate gate,
    Instant now
);

// Until when the disclosure stays permitted without a break, by the records of today: at or before `now` when it is not permitted, the
// last of all instants when no consent is needed.
Instant permitted_until(
    const CaseType& case_type,
    std::string_view document_type,
    const Discloser& discloser,
    std::span<const ConsentRecord> records,
    Gate gate,
    Instant now
);

}  // namespace policies
