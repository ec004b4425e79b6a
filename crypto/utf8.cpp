#include "crypto/utf8.hpp"

#include <array>
#include <cstddef>

namespace crypto {

namespace {

struct Form {
    unsigned mask;       // bits of the first byte that name the form
    unsigned mark;       // and their value
    std::size_t size;    // bytes
    char32_t smallest;   // below it, a shorter form exists
};
constexpr std::array<Form, 4> forms{{{0x80, 0x00, 1, 0}, {0xe0, 0xc0, 2, 0x80}, {0xf0, 0xe0, 3, 0x800}, {0xf8, 0xf0, 4, 0x10000}}};

}  // namespace

std::optional<char32_t> take_code_point(std::string_view& text) noexcept {
    const auto byte = [&](std::size_t at) { return static_cast<unsigned>(static_cast<unsigned char>(text[at])); };
    for (const Form& form : forms) {
        if ((byte(0) & form.mask) != form.mark) {
            continue;
        }
        if (text.size() < form.size) {
            return std::nullopt;
        }
        char32_t point = byte(0) & ~form.mask;
        for (std::size_t at = 1; at < form.size; ++at) {
            if ((byte(at) & 0xc0U) != 0x80U) {
                return std::nullopt;
            }
            point = (point << 6U) | (byte(at) & 0x3fU);
        }
        const bool surrogate = point >= 0xd800 && point <= 0xdfff;
        if (point < form.smallest || point > 0x10ffff || surrogate) {
            return std::nullopt;
        }
        text.remove_prefix(form.size);
        return point;
    }
    return std::nullopt;
}

}  // namespace crypto
