// One kind of procedure, read from its policy file (policies/<id>.json, schema case-type.schema.json). parse_case_type believes
// nothing: it checks every field it uses and every cross-reference, and gives ALL faults with their JSON path, or a CaseType in which
// each role, document, consent and compartment that is named is there. The file's SHA-256 is the caller's (this layer has no crypto).
// Values only; any thread.
#pragma once

#include "policies/decision.hpp"
#include "policies/duration.hpp"

#include <map>
#include <set>
#include <variant>
#include <vector>

namespace policies {

using Texts = std::map<std::string, std::string, std::less<>>;  // by language; "nl" is always there

struct PartyRole {
    std::string id;    // "treating-provider"
    std::string kind;  // "healthcare-provider", "case-handler", …
    bool external = false;
    Texts title;
    bool may_upload = false;
    bool code_asked = false;  // one of its ways in is a link with a one-time code
};

struct Compartment {
    std::string id;  // "medical", "general"
    Texts title;
};

struct DocumentType {
    std::string id;
    Texts title;
    Texts hint;                   // may be empty
    bool incoming = false;
    std::vector<std::string> by;  // roles that hand it in
    std::uint64_t files_min = 0, files_max = 1;
    std::uint64_t file_bytes_max = 0;
    std::vector<std::string> media_types;
    std::vector<std::string> sealed_for;  // roles; empty: as the access rules say
    std::string compartment;
};

struct ConsentRule {
    std::string id;    // "release-medical"
    std::string kind;  // "secrecy-release", "gdpr-consent", "gdpr-explicit-consent"
    std::string discloser;
    std::vector<std::string> recipients;
    std::set<std::string, std::less<>> covers;  // document types
    bool named_party = false;                   // true: a record counts for the one party it names
    std::optional<Duration> age_max;
    std::set<Gate> required_at;
    Texts purpose;
    std::string text_file;  // the wording, beside the case type
};

struct AccessRule {
    std::string role;
    std::set<std::string, std::less<>> documents;  // "*": all
    std::set<std::string, std::less<>> actions;    // "list", "read", "download", "annotate"
    std::set<std::string, std::less<>> consents;
    bool assigned = false;
    bool declarations = false;  // needs one; nobody can give them yet, so such a rule permits nothing
    bool two_persons = false;   // the same
    std::string from;   // "" or "submission-complete", …
    std::string until;  // "" or "case-closed", …
};

struct Limits {
    std::uint64_t file_bytes_max = 0;
    std::uint64_t files_max = 0;
    std::uint64_t dossier_bytes_max = 0;
    std::uint64_t open_uploads_max = 0;
};

struct CaseType {
    std::string id;
    std::string version;
    Texts title;
    std::string service;  // the owner
    std::string contact;
    Texts purpose;
    Texts legal_basis;
    std::vector<PartyRole> parties;
    std::vector<Compartment> compartments;
    std::vector<DocumentType> documents;
    std::vector<ConsentRule> consents;
    std::vector<AccessRule> access;
    Limits limits;

    const PartyRole* party(std::string_view role) const noexcept;
    const DocumentType* document(std::string_view type) const noexcept;
    const Compartment* compartment(std::string_view name) const noexcept;
    const ConsentRule* consent(std::string_view rule) const noexcept;
    const ConsentRule* consent_covering(std::string_view document_type) const noexcept;
};

struct Fault {
    std::string path;  // JSON pointer: "/documents/2/by/0"
    std::string what;  // "no party has this id"
};

std::variant<CaseType, std::vector<Fault>> parse_case_type(std::string_view json);  // at most 1 MiB

// In the wanted language, else English, else Dutch.
const std::string& in_language(const Texts& texts, std::string_view language);

}  // namespace policies
