// Strict UTF-8 (RFC 3629): no overlong form, no surrogate, nothing above U+10FFFF. For texts whose standard demands it.
#pragma once

#include <optional>
#include <string_view>

namespace crypto {

// Takes the first code point off `text`; nothing when it is none. `text` must not be empty.
std::optional<char32_t> take_code_point(std::string_view& text) noexcept;

// Is the whole text UTF-8 whose code points all satisfy `allowed`?
template <class Allowed>
bool is_utf8(std::string_view text, Allowed allowed) {
    while (!text.empty()) {
        const auto point = take_code_point(text);
        if (!point || !allowed(*point)) {
            return false;
        }
    }
    return true;
}

}  // namespace crypto
