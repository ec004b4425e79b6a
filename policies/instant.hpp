// A moment in UTC, in microseconds. Rules receive `now`; only gateway/clock asks the machine for it.
#pragma once

#include <compare>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

namespace policies {

struct Instant {
    std::int64_t microseconds = 0;  // since 1970-01-01T00:00:00Z

    static std::optional<Instant> parse(std::string_view rfc3339);  // "2026-11-24T18:39:09Z", up to 6 decimals; Z only
    std::string text() const;                                       // with exactly 6 decimals
    friend auto operator<=>(const Instant&, const Instant&) = default;
};

constexpr Instant last_instant{std::numeric_limits<std::int64_t>::max()};
constexpr std::int64_t one_second = 1'000'000;
constexpr std::int64_t one_day = 86'400 * one_second;

constexpr Instant operator+(Instant instant, std::int64_t microseconds) {
    return {instant.microseconds + microseconds};
}

}  // namespace policies
