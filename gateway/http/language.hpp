// The caller's language among the four we speak, from Accept-Language (RFC 9110 section 12.5.4). Believes nothing: what does not
// parse counts as not there. Pure.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

namespace gateway::http {

enum class Language : std::size_t { nl, fr, de, en };
constexpr std::array<std::string_view, 4> language_codes{"nl", "fr", "de", "en"};

Language preferred_language(std::string_view accept_language);  // nl when the caller names none of ours

}  // namespace gateway::http
