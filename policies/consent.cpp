#include "policies/consent.hpp"

#include <algorithm>

namespace policies {

namespace {

// Why this record does not permit, or "given".
std::string_view verdict_on(const ConsentRecord& record, const ConsentRule& rule, Instant now) {
    switch (state_of(record)) {
    case ConsentState::requested:
        return "missing";
    case ConsentState::refused:
        return "refused";
    case ConsentState::withdrawn:
        return "withdrawn";
    case ConsentState::expired:
        return "expired";
    case ConsentState::invalidated:
        return "invalidated";
    case ConsentState::given:
        break;
    }
    if (now < record.from) {
        return "not-yet";
    }
    return now < until_of(record, rule) ? "given" : "expired";
}

// Which refusal is worth telling when several records refuse: the one that says most about what happened.
int weight(std::string_view reason) {
    constexpr std::string_view order[] = {"missing", "refused", "not-yet", "expired", "invalidated", "withdrawn", "given"};
    return static_cast<int>(std::find(std::begin(order), std::end(order), reason) - std::begin(order));
}

bool is_for(const ConsentRecord& record, const ConsentRule& rule, const Discloser& discloser) {
    return record.rule == rule.id && (!rule.named_party || record.party == discloser.party);
}

}  // namespace

ConsentState state_of(const ConsentRecord& record) noexcept {
    return record.events.empty() ? ConsentState::requested : record.events.back().state;
}

Instant until_of(const ConsentRecord& record, const ConsentRule& rule) {
    return rule.age_max ? std::min(record.until, rule.age_max->after(record.from)) : record.until;
}

bool may_follow(ConsentState before, ConsentState after) noexcept {
    using enum ConsentState;
    if (before == requested) {
        return after == given || after == refused || after == expired;
    }
    return before == given && (after == withdrawn || after == expired || after == invalidated);
}

Decision consent_for(
    const CaseType& case_type,
    std::string_view document_type,
    const Discloser& discloser,
    std::span<const ConsentRecord> records,
    Gate gate,
    Instant now
) {
    Decision decision;
    decision.epoch = discloser.epoch;
    if (case_type.document(document_type) == nullptr) {
        decision.reason = "unknown-document";
        return decision;
    }
    const ConsentRule* rule = case_type.consent_covering(document_type);
    if (rule == nullptr || !rule->required_at.contains(gate)) {
        decision.permit = true;
        decision.reason = "not-needed";
        return decision;
    }
    decision.rule = rule->id;
    if (discloser.role != rule->discloser) {
        decision.reason = "wrong-discloser";
        return decision;
    }
    decision.reason = "missing";
    for (const auto& record : records) {
        if (!is_for(record, *rule, discloser)) {
            continue;
        }
        const std::string_view reason = verdict_on(record, *rule, now);
        if (weight(reason) > weight(decision.reason) || !decision.consent) {
            decision.reason = std::string(reason);
            decision.consent = record.id;
        }
    }
    decision.permit = decision.reason == "given";
    return decision;
}

Instant permitted_until(
    const CaseType& case_type,
    std::string_view document_type,
    const Discloser& discloser,
    std::span<const ConsentRecord> records,
    Gate gate,
    Instant now
) {
    const auto decision = consent_for(case_type, document_type, discloser, records, gate, now);
    if (!decision.permit) {
        return now;
    }
    if (!decision.consent) {
        return last_instant;
    }
    const auto& rule = *case_type.consent(decision.rule);
    // One record after the other, as long as the next begins before the last one ends.
    Instant end = now;
    for (bool goes_on = true; goes_on;) {
        goes_on = false;
        for (const auto& record : records) {
            const auto until = until_of(record, rule);
            if (is_for(record, rule, discloser) && state_of(record) == ConsentState::given && record.from <= end && end < until) {
                end = until;
                goes_on = true;
            }
        }
    }
    return end;
}

}  // namespace policies
