#include "gateway/core/surroundings.hpp"

#include "storage/core/case_types.hpp"
#include "storage/core/consents.hpp"
#include "storage/core/credentials.hpp"

#include <algorithm>

namespace gateway::core {

storage::Result<Surroundings> surroundings_of(storage::Connection& connection, const policies::GrantId& id) {
    auto grant = storage::core::Grants::find(connection, id);
    if (!grant) {
        return storage::Errc::not_found;
    }
    auto dossier = storage::core::Dossiers::find(connection, grant->dossier);
    auto party = storage::core::Parties::find(connection, grant->party);
    auto request = storage::core::Credentials::request_of(connection, *grant);
    if (!dossier || !party || !request) {
        return storage::Errc::not_found;
    }
    auto handler = storage::core::Staff::find(connection, dossier->handler);
    return Surroundings{std::move(*dossier), std::move(*party), std::move(*request), std::move(*grant), std::move(handler)};
}

storage::Result<std::shared_ptr<const policies::CaseType>> CaseTypes::find(storage::Connection& connection, const crypto::Digest& sha256) {
    if (const auto known = known_.find(sha256); known != known_.end()) {
        return known->second;
    }
    const auto text = storage::core::CaseTypeTexts::find(connection, sha256);
    if (!text) {
        return storage::Errc::not_found;
    }
    auto parsed = policies::parse_case_type(text->text);
    auto* case_type = std::get_if<policies::CaseType>(&parsed);
    if (case_type == nullptr) {
        return storage::Errc::damaged;
    }
    auto kept = std::make_shared<const policies::CaseType>(std::move(*case_type));
    known_.emplace(sha256, kept);
    return kept;
}

policies::Decision decide(
    storage::Connection& connection,
    const policies::CaseType& case_type,
    const Surroundings& around,
    std::string_view document_type,
    policies::Gate gate,
    policies::Instant now
) {
    const auto* document = case_type.document(document_type);
    if (document == nullptr || std::find(document->by.begin(), document->by.end(), around.party.role) == document->by.end()) {
        policies::Decision unknown;
        unknown.reason = "unknown-document";  // the request that asked for it was made under rules that are not the dossier's
        return unknown;
    }
    const auto epoch = storage::core::Consents::epoch(connection, around.dossier.id, around.party.id);
    const policies::Discloser discloser{around.party.id, around.party.role, epoch};
    const auto records = storage::core::Consents::of_dossier(connection, around.dossier.id);
    return policies::consent_for(case_type, document_type, discloser, records, gate, now);
}

}  // namespace gateway::core
