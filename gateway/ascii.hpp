// Letters as protocols see them: ASCII, without a locale. Pure; bytes over 0x7f stay what they are.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

namespace gateway {

constexpr bool is_digit(char byte) {
    return byte >= '0' && byte <= '9';
}
constexpr bool is_letter(char byte) {
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
}
constexpr char lower(char byte) {
    return byte >= 'A' && byte <= 'Z' ? static_cast<char>(byte | 0x20) : byte;
}

inline std::string lower_case(std::string_view text) {
    std::string result(text);
    std::transform(result.begin(), result.end(), result.begin(), lower);
    return result;
}

// Equal but for the case of letters.
inline bool same_letters(std::string_view left, std::string_view right) {
    return std::equal(left.begin(), left.end(), right.begin(), right.end(), [](char a, char b) { return lower(a) == lower(b); });
}

// Without the spaces and tabs around it (OWS of RFC 9110 section 5.6.3).
inline std::string_view trimmed(std::string_view text) {
    const auto start = text.find_first_not_of(" \t");
    return start == std::string_view::npos ? std::string_view() : text.substr(start, text.find_last_not_of(" \t") - start + 1);
}

}  // namespace gateway
