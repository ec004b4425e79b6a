#include "gateway/http/date.hpp"

#include <array>
#include <ctime>
#include <string_view>

namespace gateway::http {

// strftime would follow the locale.
std::string http_date(policies::Instant instant) {
    constexpr std::array<std::string_view, 7> days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    constexpr std::array<std::string_view, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const auto seconds = static_cast<std::time_t>(instant.microseconds / policies::one_second);
    std::tm parts{};
    ::gmtime_r(&seconds, &parts);
    const auto two = [](int number) { return std::string(number < 10 ? "0" : "") + std::to_string(number); };
    std::string text(days[static_cast<std::size_t>(parts.tm_wday)]);
    text += ", " + two(parts.tm_mday) + " " + std::string(months[static_cast<std::size_t>(parts.tm_mon)]) + " ";
    text += std::to_string(parts.tm_year + 1900) + " " + two(parts.tm_hour) + ":" + two(parts.tm_min) + ":" + two(parts.tm_sec) + " GMT";
    return text;
}

}  // namespace gateway::http
