// What a member of staff may be. A staff account has one or more roles; a case type names its own roles, each of a kind, and
// `kind_of` says which of those a staff role stands for.
#pragma once

#include <optional>
#include <string_view>

namespace policies {

enum class Role { handler, advising_doctor, dpo, operations };

std::string_view text_of(Role role) noexcept;  // "handler", "advising-doctor", "dpo", "operator"
std::optional<Role> parse_role(std::string_view text) noexcept;
std::string_view kind_of(Role role) noexcept;  // of a party of a case type: "case-handler", "advising-doctor", …; "" for none

}  // namespace policies
