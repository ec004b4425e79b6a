#include "policies/duration.hpp"

#include <chrono>

namespace policies {

namespace {

constexpr std::int64_t number_max = 9999;

}  // namespace

// ISO 8601 "P[nY][nM][nW][nD][T[nH][nM]]": units in this order, each at most once, at least one.
std::optional<Duration> Duration::parse(std::string_view text) {
    if (text.size() < 3 || text.front() != 'P') {
        return std::nullopt;
    }
    Duration duration;
    std::string_view units = "YMWD";
    bool clock = false;
    std::size_t at = 1;
    while (at < text.size()) {
        if (text[at] == 'T') {
            if (clock || ++at == text.size()) {
                return std::nullopt;
            }
            clock = true;
            units = "HM";
        }
        std::int64_t value = 0;
        const std::size_t first = at;
        while (at < text.size() && text[at] >= '0' && text[at] <= '9' && value <= number_max) {
            value = value * 10 + (text[at++] - '0');
        }
        const std::size_t unit = at < text.size() ? units.find(text[at]) : std::string_view::npos;
        if (at == first || value > number_max || unit == std::string_view::npos) {
            return std::nullopt;
        }
        switch (text[at]) {
        case 'Y':
            duration.months_ += 12 * value;
            break;
        case 'W':
            duration.days_ += 7 * value;
            break;
        case 'D':
            duration.days_ += value;
            break;
        case 'H':
            duration.seconds_ += 3600 * value;
            break;
        default:
            clock ? duration.seconds_ += 60 * value : duration.months_ += value;
            break;
        }
        units.remove_prefix(unit + 1);
        ++at;
    }
    return duration;
}

Instant Duration::after(Instant start) const {
    using namespace std::chrono;
    const auto day = floor<days>(sys_time<std::chrono::microseconds>(std::chrono::microseconds(start.microseconds)));
    const std::int64_t time = start.microseconds - day.time_since_epoch().count() * one_day;
    year_month_day date = year_month_day(day) + months(static_cast<int>(months_));
    if (!date.ok()) {
        date = date.year() / date.month() / last;
    }
    const std::int64_t whole_days = sys_days(date).time_since_epoch().count() + days_;
    return {whole_days * one_day + time + seconds_ * one_second};
}

}  // namespace policies
