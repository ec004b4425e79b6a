#include "policies/case_type_lint.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace policies {

namespace {

using json = nlohmann::json;

class Lint {
public:
    Lint(const CaseType& type, std::vector<Fault>& faults) : type_(type), faults_(faults) {}

    void role(const std::string& path, std::string_view id) {
        if (type_.party(id) == nullptr) {
            faults_.push_back(Fault(path, "no party has this id"));
        }
    }

    void document(const std::string& path, std::string_view id) {
        if (type_.document(id) == nullptr) {
            faults_.push_back(Fault(path, "no document has this id"));
        }
    }

    void consent(const std::string& path, std::string_view id) {
        if (type_.consent(id) == nullptr) {
            faults_.push_back(Fault(path, "no consent has this id"));
        }
    }

    void compartment(const std::string& path, std::string_view id) {
        if (type_.compartment(id) == nullptr) {
            faults_.push_back(Fault(path, "no compartment has this id"));
        }
    }

    void fault(const std::string& path, const char* what) { faults_.push_back(Fault(path, what)); }

    template <class List>
    void once(const std::string& path, const List& list) {
        std::set<std::string, std::less<>> seen;
        for (std::size_t position = 0; position < list.size(); ++position) {
            if (!seen.insert(list[position].id).second) {
                fault(path + "/" + std::to_string(position) + "/id", "is there twice");
            }
        }
    }

private:
    const CaseType& type_;
    std::vector<Fault>& faults_;
};

std::string at(std::string_view list, std::size_t position, std::string_view rest = {}) {
    return "/" + std::string(list) + "/" + std::to_string(position) + std::string(rest);
}

void lint_documents(const CaseType& type, Lint& lint) {
    for (std::size_t position = 0; position < type.documents.size(); ++position) {
        const auto& document = type.documents[position];
        for (const auto& role : document.by) {
            lint.role(at("documents", position, "/by"), role);
        }
        for (const auto& role : document.sealed_for) {
            lint.role(at("documents", position, "/sealedFor"), role);
        }
        lint.compartment(at("documents", position, "/compartment"), document.compartment);
        if (document.files_min > document.files_max) {
            lint.fault(at("documents", position, "/occurs"), "min is above max");
        }
    }
    // One key pair a compartment: whoever reads one document of it could open the others, so all must be sealed for the same roles.
    for (std::size_t position = 0; position < type.documents.size(); ++position) {
        const auto& document = type.documents[position];
        const auto twin = std::find_if(type.documents.begin(), type.documents.end(), [&](const DocumentType& other) {
            return other.compartment == document.compartment && other.sealed_for != document.sealed_for;
        });
        if (twin != type.documents.end()) {
            lint.fault(at("documents", position, "/sealedFor"), "differs inside one compartment");
        }
    }
}

void lint_consents(const CaseType& type, Lint& lint) {
    std::set<std::string, std::less<>> covered;
    for (std::size_t position = 0; position < type.consents.size(); ++position) {
        const auto& rule = type.consents[position];
        lint.role(at("consents", position, "/discloser"), rule.discloser);
        for (const auto& role : rule.recipients) {
            lint.role(at("consents", position, "/recipients"), role);
        }
        for (const auto& document : rule.covers) {
            lint.document(at("consents", position, "/covers"), document);
            if (!covered.insert(document).second) {
                lint.fault(at("consents", position, "/covers"), "another consent covers this document too");
            }
        }
        if (rule.text_file.find("..") != std::string::npos || rule.text_file.front() == '/') {
            lint.fault(at("consents", position, "/text/file"), "must be a file below the case types");
        }
    }
}

void lint_access(const CaseType& type, Lint& lint) {
    for (std::size_t position = 0; position < type.access.size(); ++position) {
        const auto& rule = type.access[position];
        lint.role(at("access", position, "/role"), rule.role);
        for (const auto& document : rule.documents) {
            if (document != "*") {
                lint.document(at("access", position, "/documents"), document);
            }
        }
        for (const auto& consent : rule.consents) {
            lint.consent(at("access", position, "/needs/consents"), consent);
        }
    }
}

// Parts of the file that are lists of names, by where they are: their names must exist although no rule here reads them yet.
template <class Check>
void lint_names(const json& root, const std::string& list, const std::string& names, const Check& check) {
    const auto found = root.find(list);
    if (found == root.end() || !found->is_array()) {
        return;
    }
    std::size_t position = 0;
    for (const auto& entry : *found) {
        const json* values = entry.is_object() && entry.contains(names) ? &entry.at(names) : nullptr;
        if (values != nullptr && values->is_array()) {
            for (const auto& value : *values) {
                if (value.is_string()) {
                    check(at(list, position, "/" + names), value.get_ref<const std::string&>());
                }
            }
        }
        ++position;
    }
}

}  // namespace

void lint_references(const CaseType& type, const json& root, std::vector<Fault>& faults) {
    Lint lint(type, faults);
    lint.once("/parties", type.parties);
    lint.once("/compartments", type.compartments);
    lint.once("/documents", type.documents);
    lint.once("/consents", type.consents);
    lint_documents(type, lint);
    lint_consents(type, lint);
    lint_access(type, lint);
    lint_names(root, "requirements", "of", [&](const std::string& path, const std::string& name) { lint.document(path, name); });
    lint_names(root, "declarations", "by", [&](const std::string& path, const std::string& name) { lint.role(path, name); });
    lint_names(root, "notifications", "to", [&](const std::string& path, const std::string& name) {
        if (name.find('@') == std::string::npos) {
            lint.role(path, name);
        }
    });
}

}  // namespace policies
