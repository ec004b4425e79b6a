#include "policies/role.hpp"

namespace policies {

std::string_view text_of(Role role) noexcept {
    switch (role) {
    case Role::handler:
        return "handler";
    case Role::advising_doctor:
        return "advising-doctor";
    case Role::dpo:
        return "dpo";
    case Role::operations:
        return "operator";
    }
    return {};
}

std::optional<Role> parse_role(std::string_view text) noexcept {
    for (const auto role : {Role::handler, Role::advising_doctor, Role::dpo, Role::operations}) {
        if (text == text_of(role)) {
            return role;
        }
    }
    return std::nullopt;
}

std::string_view kind_of(Role role) noexcept {
    switch (role) {
    case Role::handler:
        return "case-handler";
    case Role::advising_doctor:
        return "advising-doctor";
    case Role::dpo:
        return "dpo";
    case Role::operations:
        return "";
    }
    return {};
}

}  // namespace policies
