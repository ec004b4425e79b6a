// Whole numbers in texts where one value has one form: decimal, no sign, no leading zero, up to 64 bits.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace crypto {

std::optional<std::uint64_t> parse_decimal(std::string_view text) noexcept;

}  // namespace crypto
