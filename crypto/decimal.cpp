#include "crypto/decimal.hpp"

#include <charconv>

namespace crypto {

std::optional<std::uint64_t> parse_decimal(std::string_view text) noexcept {
    std::uint64_t value = 0;
    const char* const end = text.data() + text.size();
    const auto [stopped, error] = std::from_chars(text.data(), end, value);
    if (error != std::errc() || stopped != end || (text.size() > 1 && text.front() == '0')) {
        return std::nullopt;
    }
    return value;
}

}  // namespace crypto
