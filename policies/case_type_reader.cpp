// policies/case-type.schema.json, as far as the rules of this version need it. The order of reading is the order of the file.
#include "policies/case_type_json.hpp"
#include "policies/case_type_lint.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace policies {

namespace {

using json = nlohmann::json;
using Path = const std::string&;

constexpr std::size_t file_bytes_max = 1024 * 1024;
constexpr std::size_t depth_max = 32;
constexpr std::uint64_t bytes_max = 1'099'511'627'776;  // 1 TiB, as in the schema

// One way in with a code is enough to need it; what cannot be read needs it too.
bool asks_for_code(const json& ways) {
    const auto plain = [](const json& way) {
        const auto method = way.is_object() ? way.find("method") : way.end();
        return way.is_object() && method != way.end() && method->is_string() &&
               method->get_ref<const std::string&>().find("+otp") == std::string::npos;
    };
    return !ways.is_array() || !std::all_of(ways.begin(), ways.end(), plain);
}

PartyRole read_party(CaseTypeJson& in, const json& value, Path path) {
    PartyRole party;
    if (!in.object(value, path, {"id", "kind", "external", "title", "identifier", "authentication", "perDossier", "may"})) {
        return party;
    }
    party.id = in.id(value, path, "id");
    party.kind = in.choice(
        value,
        path,
        "kind",
        {"healthcare-provider",
         "contractor",
         "jury-member",
         "applicant",
         "citizen",
         "case-handler",
         "advising-doctor",
         "committee",
         "external-authority",
         "dpo",
         "archivist"}
    );
    party.external = in.flag(value, path, "external");
    party.title = in.texts(value, path, "title");
    const auto may = in.list(value, path, "may", 0);
    party.may_upload = std::find(may.begin(), may.end(), "upload") != may.end();
    party.code_asked = asks_for_code(in.member(value, "authentication"));
    return party;
}

Compartment read_compartment(CaseTypeJson& in, const json& value, Path path) {
    Compartment compartment;
    if (in.object(value, path, {"id", "title"})) {
        compartment.id = in.id(value, path, "id");
        compartment.title = in.texts(value, path, "title");
    }
    return compartment;
}

DocumentType read_document(CaseTypeJson& in, const json& value, Path path, const Limits& limits) {
    DocumentType document;
    if (!in.object(
            value,
            path,
            {"id",
             "title",
             "help",
             "caseStoreType",
             "direction",
             "by",
             "occurs",
             "mediaTypes",
             "maxBytes",
             "maxAge",
             "confidentiality",
             "compartment",
             "sealedFor",
             "metadata"}
        )) {
        return document;
    }
    document.id = in.id(value, path, "id");
    document.title = in.texts(value, path, "title");
    document.hint = in.texts(value, path, "help", false);
    document.incoming = in.choice(value, path, "direction", {"incoming", "internal", "outgoing"}) == "incoming";
    document.by = in.list(value, path, "by", 1);
    const json& occurs = in.member(value, "occurs");
    if (in.object(occurs, path + "/occurs", {"min", "max"})) {
        document.files_min = in.count(occurs, path + "/occurs", "min", 0, 100'000);
        document.files_max = occurs.contains("max") ? in.count(occurs, path + "/occurs", "max", 1, 100'000) : limits.files_max;
    }
    document.media_types = in.list(value, path, "mediaTypes", 1);
    document.file_bytes_max = value.contains("maxBytes") ? in.count(value, path, "maxBytes", 1, bytes_max) : limits.file_bytes_max;
    document.file_bytes_max = std::min(document.file_bytes_max, limits.file_bytes_max);
    document.sealed_for = in.list(value, path, "sealedFor", 0);
    document.compartment = in.id(value, path, "compartment");
    return document;
}

void read_gates(CaseTypeJson& in, const json& value, Path path, std::set<Gate>& gates) {
    const auto names = in.list(value, path, "requiredAt", 1);
    for (std::size_t position = 0; position < names.size(); ++position) {
        if (const auto gate = parse_gate(names[position])) {
            gates.insert(*gate);
        } else {
            in.fault(path + "/requiredAt/" + std::to_string(position), "is not a gate");
        }
    }
}

ConsentRule read_consent(CaseTypeJson& in, const json& value, Path path) {
    ConsentRule rule;
    if (!in.object(
            value,
            path,
            {"id",
             "kind",
             "grantor",
             "discloser",
             "recipients",
             "purpose",
             "covers",
             "namedParty",
             "text",
             "languages",
             "maxAge",
             "dataPeriod",
             "requiredAt",
             "evidence",
             "onRefusal",
             "onWithdrawal"}
        )) {
        return rule;
    }
    rule.id = in.id(value, path, "id");
    rule.kind = in.choice(value, path, "kind", {"gdpr-consent", "gdpr-explicit-consent", "secrecy-release"});
    rule.discloser = in.id(value, path, "discloser");
    rule.recipients = in.list(value, path, "recipients", 1);
    const auto covers = in.list(value, path, "covers", 1);
    rule.covers.insert(covers.begin(), covers.end());
    rule.named_party = in.flag(value, path, "namedParty");
    rule.purpose = in.texts(value, path, "purpose");
    const std::string age = in.text(value, path, "maxAge");
    rule.age_max = Duration::parse(age);
    if (!age.empty() && !rule.age_max) {
        in.fault(path + "/maxAge", "is not a duration");
    }
    rule.text_file = in.text(in.member(value, "text"), path + "/text", "file");
    read_gates(in, value, path, rule.required_at);
    return rule;
}

AccessRule read_access(CaseTypeJson& in, const json& value, Path path) {
    AccessRule rule;
    if (!in.object(value, path, {"role", "documents", "actions", "needs", "window"})) {
        return rule;
    }
    rule.role = in.id(value, path, "role");
    const auto documents = in.list(value, path, "documents", 1);
    rule.documents.insert(documents.begin(), documents.end());
    const auto actions = in.list(value, path, "actions", 1);
    rule.actions.insert(actions.begin(), actions.end());
    if (value.contains("needs") &&
        in.object(in.member(value, "needs"), path + "/needs", {"consents", "declarations", "assigned", "twoPersons"})) {
        const json& needs = in.member(value, "needs");
        const auto consents = in.list(needs, path + "/needs", "consents", 0);
        rule.consents.insert(consents.begin(), consents.end());
        rule.assigned = in.flag(needs, path + "/needs", "assigned");
        rule.declarations = !in.list(needs, path + "/needs", "declarations", 0).empty();
        rule.two_persons = in.flag(needs, path + "/needs", "twoPersons");
    }
    if (value.contains("window") && in.object(in.member(value, "window"), path + "/window", {"from", "until"})) {
        const json& window = in.member(value, "window");
        if (window.contains("from")) {
            rule.from =
                in.choice(window, path + "/window", "from", {"request-sent", "submission-complete", "round-opened", "case-registered"});
        }
        if (window.contains("until")) {
            rule.until = in.choice(window, path + "/window", "until", {"round-closed", "case-closed", "advice-given", "never"});
        }
    }
    return rule;
}

Limits read_limits(CaseTypeJson& in, const json& value) {
    Limits limits;
    if (in.object(value, "/limits", {"maxFileBytes", "maxFilesPerDossier", "maxDossierBytes", "maxOpenUploadsPerParty"})) {
        limits.file_bytes_max = in.count(value, "/limits", "maxFileBytes", 1, bytes_max);
        limits.files_max = in.count(value, "/limits", "maxFilesPerDossier", 1, 100'000);
        limits.dossier_bytes_max = in.count(value, "/limits", "maxDossierBytes", 1, bytes_max);
        limits.open_uploads_max = in.count(value, "/limits", "maxOpenUploadsPerParty", 1, 1000);
    }
    return limits;
}

// One line for the person who is asked: the articles, then the laws.
Texts read_legal_basis(CaseTypeJson& in, const json& processing) {
    const json& basis = in.member(processing, "legalBasis");
    const std::string path = "/processing/legalBasis";
    if (!in.object(basis, path, {"art6", "art9", "citations", "note"})) {
        return {};
    }
    const std::string articles = in.text(basis, path, "art6") + (basis.contains("art9") ? ", " + in.text(basis, path, "art9") : "");
    std::string laws;
    for (const auto& citation : in.list(basis, path, "citations", 1)) {
        laws += "; " + citation;
    }
    return {
        {"nl", "AVG artikel " + articles + laws},
        {"fr", "RGPD article " + articles + laws},
        {"de", "DSGVO Artikel " + articles + laws},
        {"en", "GDPR article " + articles + laws},
    };
}

void read_lists(CaseTypeJson& in, const json& root, CaseType& type) {
    in.each(root, "", "parties", 1, [&](const json& value, Path path) { type.parties.push_back(read_party(in, value, path)); });
    in.each(root, "", "compartments", 1, [&](const json& value, Path path) {
        type.compartments.push_back(read_compartment(in, value, path));
    });
    in.each(root, "", "documents", 1, [&](const json& value, Path path) {
        type.documents.push_back(read_document(in, value, path, type.limits));
    });
    in.each(root, "", "consents", 0, [&](const json& value, Path path) { type.consents.push_back(read_consent(in, value, path)); });
    in.each(root, "", "access", 1, [&](const json& value, Path path) { type.access.push_back(read_access(in, value, path)); });
}

CaseType read_root(CaseTypeJson& in, const json& root) {
    CaseType type;
    if (!in.object(root, "", {"$schema",       "schemaVersion", "id",           "version",     "status",       "validFrom",
                              "validUntil",    "review",        "title",        "description", "owner",        "caseType",
                              "processing",    "consents",      "declarations", "parties",     "compartments", "documents",
                              "requirements",  "limits",        "inspection",   "access",      "completion",   "routing",
                              "notifications", "schedule",      "retention",    "archive",     "audit"})) {
        return type;
    }
    in.choice(root, "", "schemaVersion", {"1"});
    type.id = in.id(root, "", "id");
    type.version = in.text(root, "", "version");
    type.title = in.texts(root, "", "title");
    const json& owner = in.member(root, "owner");
    type.service = in.text(owner, "/owner", "service");
    type.contact = in.text(owner, "/owner", "contact");
    const json& processing = in.member(root, "processing");
    type.purpose = in.texts(processing, "/processing", "purpose");
    type.legal_basis = read_legal_basis(in, processing);
    type.limits = read_limits(in, in.member(root, "limits"));
    read_lists(in, root, type);
    return type;
}

bool too_deep(std::string_view text) {
    std::size_t depth = 0;
    bool quoted = false;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const char letter = text[at];
        if (quoted) {
            at += letter == '\\' ? 1 : 0;
            quoted = letter != '"';
        } else if (letter == '"') {
            quoted = true;
        } else if (letter == '{' || letter == '[') {
            if (++depth > depth_max) {
                return true;
            }
        } else if ((letter == '}' || letter == ']') && depth > 0) {
            --depth;
        }
    }
    return false;
}

}  // namespace

std::variant<CaseType, std::vector<Fault>> parse_case_type(std::string_view text) {
    if (text.size() > file_bytes_max || too_deep(text)) {
        return std::vector{Fault("", "is too large or too deep")};
    }
    const json root = json::parse(text, nullptr, false);
    if (root.is_discarded()) {
        return std::vector{Fault("", "is not JSON")};
    }
    CaseTypeJson in;
    CaseType type = read_root(in, root);
    if (in.faults().empty()) {
        lint_references(type, root, in.faults());
    }
    if (!in.faults().empty()) {
        return std::move(in.faults());
    }
    return type;
}

}  // namespace policies
