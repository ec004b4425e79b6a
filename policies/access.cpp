#include "policies/access.hpp"

#include <algorithm>

namespace policies {

namespace {

bool lists(const std::vector<std::string>& list, std::string_view value) {
    return std::find(list.begin(), list.end(), value) != list.end();
}

// Does one of the account's roles stand for this role of the case type? Assignment decides which dossiers: handler and advising doctor
// act on their own only. DPO and operator are left out on purpose: they never read content, whatever a case type says.
bool stands_for(const ReadFacts& reader, const PartyRole& role) {
    return std::any_of(reader.roles.begin(), reader.roles.end(), [&](Role held) {
        if (held != Role::handler && held != Role::advising_doctor) {
            return false;
        }
        const bool assigned = held == Role::handler ? reader.is_handler : reader.is_advising_doctor;
        return assigned && kind_of(held) == role.kind;
    });
}

// Why this rule does not permit now; "" when it does.
std::string_view hindrance(const AccessRule& rule, const ReadFacts& reader) {
    if (rule.declarations || rule.two_persons) {
        return "declaration-missing";
    }
    if (rule.from == "submission-complete" && !reader.submission_complete) {
        return "too-early";
    }
    if (rule.from == "round-opened" || rule.until == "round-closed" || rule.until == "advice-given") {
        return "too-early";  // events that nothing records yet: closed until something does
    }
    return rule.until == "case-closed" && reader.dossier_closed ? "too-late" : "";
}

}  // namespace

Decision may_read(
    const CaseType& case_type,
    std::string_view document_type,
    const ReadFacts& reader,
    const Discloser& discloser,
    std::span<const ConsentRecord> records,
    Instant now
) {
    Decision refused;
    refused.epoch = discloser.epoch;
    refused.reason = "no-rule";
    const DocumentType* document = case_type.document(document_type);
    if (document == nullptr) {
        return refused;
    }
    for (const auto& rule : case_type.access) {
        const PartyRole* role = case_type.party(rule.role);
        if (role == nullptr || !rule.actions.contains("read") ||
            (!rule.documents.contains("*") && !rule.documents.contains(document_type))) {
            continue;
        }
        if (!stands_for(reader, *role)) {
            refused.reason = "not-assigned";
            continue;
        }
        refused.rule = rule.role;
        if (!document->sealed_for.empty() && !lists(document->sealed_for, rule.role)) {
            refused.reason = "sealed";
            continue;
        }
        if (const auto why = hindrance(rule, reader); !why.empty()) {
            refused.reason = std::string(why);
            continue;
        }
        // A consent the rule names counts for the documents that consent covers; consent_for finds it by the document.
        return consent_for(case_type, document_type, discloser, records, Gate::read, now);
    }
    return refused;
}

}  // namespace policies
