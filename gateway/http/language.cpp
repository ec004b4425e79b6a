#include "gateway/http/language.hpp"

#include "gateway/ascii.hpp"

#include <algorithm>
#include <optional>

namespace gateway::http {
namespace {

// Weight in thousandths: "0" to "1", up to three decimals. 0 means "not this one".
int weight(std::string_view parameter) {
    constexpr int full = 1000;
    if (!parameter.starts_with("q=") && !parameter.starts_with("Q=")) {
        return full;
    }
    const auto value = parameter.substr(2);
    if (value.empty() || value.size() > 5 || (value.size() > 1 && value[1] != '.')) {
        return 0;
    }
    if (value[0] == '1') {
        return full;
    }
    int thousandths = 0;
    int place = 100;
    for (std::size_t at = 2; at < value.size(); ++at, place /= 10) {
        if (!is_digit(value[at])) {
            return 0;
        }
        thousandths += place * (value[at] - '0');
    }
    return thousandths;
}

std::optional<Language> known(std::string_view range) {
    const auto primary = range.substr(0, range.find('-'));
    for (std::size_t at = 0; at < language_codes.size(); ++at) {
        if (same_letters(primary, language_codes[at])) {
            return static_cast<Language>(at);
        }
    }
    return std::nullopt;
}

}  // namespace

Language preferred_language(std::string_view accept_language) {
    auto best = Language::nl;
    int best_weight = 0;
    while (!accept_language.empty()) {
        const auto end = std::min(accept_language.find(','), accept_language.size());
        const auto range = accept_language.substr(0, end);
        accept_language.remove_prefix(std::min(end + 1, accept_language.size()));
        const auto semicolon = std::min(range.find(';'), range.size());
        const auto language = known(trimmed(range.substr(0, semicolon)));
        const int given = weight(trimmed(range.substr(std::min(semicolon + 1, range.size()))));
        if (language && given > best_weight) {
            best = *language;
            best_weight = given;
        }
    }
    return best;
}

}  // namespace gateway::http
