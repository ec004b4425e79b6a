#include "gateway/core/envelope.hpp"

#include "crypto/age/stream.hpp"
#include "crypto/encoding.hpp"
#include "policies/disclosure.hpp"

#include <nlohmann/json.hpp>

namespace gateway::core {

namespace {

using Json = nlohmann::json;

constexpr std::uint64_t header_room = 4'096;
constexpr std::uint64_t open_uploads_default = 8;

Json texts(const policies::Texts& in_languages) {
    Json object = Json::object();
    for (const auto& [language, text] : in_languages) {
        object[language] = text;
    }
    return object;
}

Json text_or_null(const std::string& text) {
    return text.empty() ? Json() : Json(text);
}

const char* text_of(EnvelopeFacts::Consent consent) noexcept {
    switch (consent) {
    case EnvelopeFacts::Consent::given:
        return "given";
    case EnvelopeFacts::Consent::not_needed:
        return "not-needed";
    case EnvelopeFacts::Consent::withdrawn:
        return "withdrawn";
    }
    return "withdrawn";
}

// The uploader knows four outcomes; quarantine is ours to sort out, for them the document did not pass.
std::string_view outcome_state(policies::DocumentState state) noexcept {
    return policies::text_of(state == policies::DocumentState::quarantined ? policies::DocumentState::refused : state);
}

Json envelope_items(const EnvelopeFacts& facts) {
    Json items = Json::array();
    for (const auto& item : facts.around.request.items) {
        const auto* type = facts.case_type.document(item.type);
        items.push_back(
            {{"code", item.id.text()},
             {"title", type == nullptr ? Json::object() : texts(type->title)},
             {"hint", type == nullptr ? Json::object() : texts(type->hint)},
             {"required", item.required},
             {"filesMax", item.files_max},
             {"fileBytesMax", item.file_bytes_max},
             {"mediaTypes", type == nullptr ? Json::array() : Json(type->media_types)}}
        );
    }
    return items;
}

Json hex_of(const std::vector<crypto::Digest>& digests) {
    Json list = Json::array();
    for (const auto& digest : digests) {
        list.push_back(digest.hex());
    }
    return list;
}

// An invalid byte in a name that staff typed must not stop a posting: it is replaced.
std::string dump(const Json& json) {
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace

std::string format_envelope(const EnvelopeFacts& facts) {
    const auto& [dossier, party, request, grant, handler] = facts.around;
    const Json envelope = {
        {"v", 1},
        {"grant", grant.id.text()},
        {"edge", facts.edge_url},
        {"organisation", facts.organisation},
        {"service", facts.case_type.service},
        {"asker", {{"name", facts.asker_name}, {"phone", text_or_null(facts.asker_phone)}, {"mail", text_or_null(facts.asker_mail)}}},
        {"caseNumber", dossier.case_number},
        {"caseType",
         {{"id", dossier.case_type},
          {"version", dossier.case_type_version},
          {"sha256", dossier.case_type_sha256.hex()},
          {"title", texts(facts.case_type.title)}}},
        {"purpose", texts(facts.case_type.purpose)},
        {"legalBasis", texts(facts.case_type.legal_basis)},
        {"consent",
         {{"state", text_of(facts.consent)},
          {"statement", texts(facts.consent_statement)},
          {"since", facts.consent_since ? Json(facts.consent_since->text()) : Json()}}},
        {"party", party.name},
        {"message", request.message},
        {"deadline", grant.expires_at.text()},
        {"recipient", grant.recipient},
        {"items", envelope_items(facts)},
        {"logs", {{"edge", facts.edge_log_vkey}, {"core", facts.core_log_vkey}}},
        {"language", request.language},
    };
    return dump(envelope);
}

std::string format_outcome(const OutcomeFacts& facts) {
    const bool filed = facts.state == policies::DocumentState::filed;
    const Json outcome = {
        {"v", 1},
        {"upload", facts.upload.text()},
        {"state", outcome_state(facts.state)},
        {"reason", filed ? Json() : texts(policies::verdict_text(facts.code))},
        {"code", filed ? "filed" : facts.code},
        {"at", facts.at.text()},
        {"receipt", text_or_null(facts.receipt)},
        {"disclosures", facts.disclosures},
    };
    return dump(outcome);
}

std::string format_release(const ReleaseFacts& facts) {
    const Json release = {
        {"v", 1},
        {"release", facts.release.text()},
        {"name", facts.filing.name},
        {"type", facts.filing.media_type},
        {"title", texts(facts.title)},
        {"size", facts.filing.plain_size},
        {"sha256", facts.filing.plain_sha256.hex()},
        {"releasedAt", facts.released_at.text()},
        {"file", {{"size", facts.size}, {"sha256", facts.sha256.hex()}}},
    };
    return dump(release);
}

std::uint64_t cipher_bytes_max(std::uint64_t plain) noexcept {
    return crypto::age::payload_size(plain) + header_room;
}

std::string format_posting(const PostingFacts& facts) {
    std::uint64_t largest = 0;
    std::uint64_t files = 0;
    Json items = Json::array();
    for (const auto& item : facts.request.items) {
        const auto bytes_max = cipher_bytes_max(item.file_bytes_max);
        items.push_back({{"code", item.id.text()}, {"fileBytesMax", bytes_max}, {"filesMax", item.files_max}});
        largest = std::max(largest, bytes_max);
        files += item.files_max;
    }
    // The dossier's limits are shared by all its parties; one of them alone cannot go beyond them either.
    files = std::min(files, facts.limits.files_max);
    const auto bytes = cipher_bytes_max(facts.limits.dossier_bytes_max);
    const auto open_uploads = facts.limits.open_uploads_max == 0 ? open_uploads_default : facts.limits.open_uploads_max;
    const Json posting = {
        {"grant", facts.grant.id.text()},
        {"version", facts.grant.version},
        {"tokenHash", facts.grant.token_hash.hex()},
        {"state", policies::text_of(facts.grant.state)},
        {"epoch", facts.grant.epoch},
        {"expiresAt", facts.grant.expires_at.text()},
        {"policy", facts.policy.hex()},
        {"envelope", crypto::to_base64(facts.sealed_envelope)},
        {"limits", {{"fileBytesMax", largest}, {"filesMax", files}, {"bytesMax", bytes}, {"openUploadsMax", open_uploads}}},
        {"items", std::move(items)},
        {"machines", {{"clients", hex_of(facts.machines.clients)}, {"certificates", hex_of(facts.machines.certificates)}}},
    };
    return posting.dump();
}

}  // namespace gateway::core
