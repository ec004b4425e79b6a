// ISO 8601 durations as case types write them: "P6M", "P30D", "PT12H", "P1Y". Months and years go by the calendar (UTC): one month
// after 31 January is the last day of February.
#pragma once

#include "policies/instant.hpp"

namespace policies {

class Duration {
public:
    static std::optional<Duration> parse(std::string_view text);  // nothing for "P", for fractions and for numbers over 9999

    Instant after(Instant start) const;
    friend bool operator==(const Duration&, const Duration&) = default;

private:
    Duration() = default;
    std::int64_t months_ = 0;
    std::int64_t days_ = 0;
    std::int64_t seconds_ = 0;
};

}  // namespace policies
