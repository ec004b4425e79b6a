#include "policies/instant.hpp"

#include <chrono>
#include <cstdio>

namespace policies {

namespace {

// Exactly `digits` decimal digits from `at`, or -1.
int number(std::string_view text, std::size_t at, std::size_t digits) {
    int value = 0;
    for (std::size_t position = at; position < at + digits; ++position) {
        if (position >= text.size() || text[position] < '0' || text[position] > '9') {
            return -1;
        }
        value = value * 10 + (text[position] - '0');
    }
    return value;
}

}  // namespace

// RFC 3339 section 5.6, with "Z" as the only offset and without leap seconds.
std::optional<Instant> Instant::parse(std::string_view text) {
    using namespace std::chrono;
    if (text.size() < 20 || text.size() > 27 || text[4] != '-' || text[7] != '-' || text[10] != 'T' || text[13] != ':' || text[16] != ':' ||
        text.back() != 'Z') {
        return std::nullopt;
    }
    const year_month_day date{
        year(number(text, 0, 4)), month(static_cast<unsigned>(number(text, 5, 2))), day(static_cast<unsigned>(number(text, 8, 2)))
    };
    const int hour = number(text, 11, 2);
    const int minute = number(text, 14, 2);
    const int second = number(text, 17, 2);
    if (number(text, 0, 4) < 1970 || !date.ok() || hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59) {
        return std::nullopt;
    }
    std::int64_t fraction = 0;
    if (text.size() > 20) {
        const std::size_t digits = text.size() - 21;
        const int value = text[19] == '.' && digits > 0 ? number(text, 20, digits) : -1;
        if (value < 0) {
            return std::nullopt;
        }
        fraction = value;
        for (std::size_t scale = digits; scale < 6; ++scale) {
            fraction *= 10;
        }
    }
    const std::int64_t days = sys_days(date).time_since_epoch().count();
    return Instant{days * one_day + (std::int64_t{hour} * 3600 + minute * 60 + second) * one_second + fraction};
}

std::string Instant::text() const {
    using namespace std::chrono;
    const auto day = floor<days>(sys_time<std::chrono::microseconds>(std::chrono::microseconds(microseconds)));
    const year_month_day date(day);
    const std::int64_t rest = microseconds - day.time_since_epoch().count() * one_day;
    const std::int64_t second = rest / one_second;
    char out[64];
    std::snprintf(
        out,
        sizeof out,
        "%04d-%02u-%02uT%02d:%02d:%02d.%06dZ",
        static_cast<int>(date.year()),
        static_cast<unsigned>(date.month()),
        static_cast<unsigned>(date.day()),
        static_cast<int>(second / 3600),
        static_cast<int>(second / 60 % 60),
        static_cast<int>(second % 60),
        static_cast<int>(rest % one_second)
    );
    return out;
}

}  // namespace policies
