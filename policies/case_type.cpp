#include "policies/case_type.hpp"

#include <algorithm>

namespace policies {

namespace {

template <class List>
auto find_id(const List& list, std::string_view id) noexcept -> decltype(list.data()) {
    const auto found = std::find_if(list.begin(), list.end(), [&](const auto& entry) { return entry.id == id; });
    return found == list.end() ? nullptr : &*found;
}

}  // namespace

const PartyRole* CaseType::party(std::string_view role) const noexcept {
    return find_id(parties, role);
}

const DocumentType* CaseType::document(std::string_view type) const noexcept {
    return find_id(documents, type);
}

const Compartment* CaseType::compartment(std::string_view name) const noexcept {
    return find_id(compartments, name);
}

const ConsentRule* CaseType::consent(std::string_view rule) const noexcept {
    return find_id(consents, rule);
}

const ConsentRule* CaseType::consent_covering(std::string_view document_type) const noexcept {
    const auto found =
        std::find_if(consents.begin(), consents.end(), [&](const ConsentRule& rule) { return rule.covers.contains(document_type); });
    return found == consents.end() ? nullptr : &*found;
}

const std::string& in_language(const Texts& texts, std::string_view language) {
    static const std::string nothing;
    for (const std::string_view wanted : {language, std::string_view("en"), std::string_view("nl")}) {
        if (const auto found = texts.find(wanted); found != texts.end()) {
            return found->second;
        }
    }
    return nothing;
}

}  // namespace policies
