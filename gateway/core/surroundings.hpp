// What is known about a document's surroundings when it is routed: dossier, party, request, item, grant and the case type it is pinned to,
// and the consent decision on them. Read in the caller's transaction, so that a withdrawal that committed before is always seen.
#pragma once

#include "policies/consent.hpp"
#include "storage/core/documents.hpp"
#include "storage/core/dossiers.hpp"
#include "storage/core/grants.hpp"
#include "storage/core/parties.hpp"
#include "storage/core/requests.hpp"
#include "storage/core/staff.hpp"

#include <memory>

namespace gateway::core {

struct Surroundings {
    storage::core::Dossier dossier;
    storage::core::Party party;
    storage::core::Request request;  // as it stands for this grant: a credential's items only
    storage::core::Grant grant;
    std::optional<storage::core::StaffMember> handler;
};

// Errc::not_found when a row is missing: the database was altered.
storage::Result<Surroundings> surroundings_of(storage::Connection& connection, const policies::GrantId& grant);

// Parsed once, since a dossier's case type never changes: kept by its digest. One thread.
class CaseTypes final {
public:
    // Errc::not_found, or damaged when the text in the database does not parse.
    storage::Result<std::shared_ptr<const policies::CaseType>> find(storage::Connection& connection, const crypto::Digest& sha256);

private:
    std::map<crypto::Digest, std::shared_ptr<const policies::CaseType>> known_;
};

// The gate as it stands now: the case type's consent rule for this item, and the records of this discloser.
policies::Decision decide(
    storage::Connection& connection,
    const policies::CaseType& case_type,
    const Surroundings& around,
    std::string_view document_type,
    policies::Gate gate,
    policies::Instant now
);

}  // namespace gateway::core
