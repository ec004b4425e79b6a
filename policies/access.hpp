// Which staff may see which document's content: case type × role × document, with the consent gate *read* inside. Deny by default:
// without a rule that says yes, the answer is no. One dossier never opens another; a DPO and an operator read no content at all.
#pragma once

#include "policies/consent.hpp"
#include "policies/role.hpp"

namespace policies {

struct ReadFacts {
    std::span<const Role> roles;       // of the account
    bool is_handler = false;           // this account handles this dossier
    bool is_advising_doctor = false;   // this account advises on it
    bool submission_complete = false;  // the request the document came by
    bool dossier_closed = false;
};

// Reasons when not: "no-rule", "not-assigned", "sealed", "too-early", "too-late", or the consent decision's.
Decision may_read(
    const CaseType& case_type,
    std::string_view document_type,
    const ReadFacts& reader,
    const Discloser& discloser,
    std::span<const ConsentRecord> records,
    Instant now
);

}  // namespace policies
