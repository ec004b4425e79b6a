#include "gateway/edge/protocol/byte_range.hpp"

#include "gateway/ascii.hpp"

#include <algorithm>
#include <limits>

namespace gateway::edge::protocol {

namespace {

constexpr auto endless = std::numeric_limits<std::uint64_t>::max();

// Digits only. More than 64 bits of them stand for a place behind every end.
std::optional<std::uint64_t> parse_number(std::string_view text) {
    if (text.empty() || !std::all_of(text.begin(), text.end(), is_digit)) {
        return std::nullopt;
    }
    std::uint64_t number = 0;
    for (const char digit : text) {
        const auto value = static_cast<std::uint64_t>(digit - '0');
        if (number > (endless - value) / 10) {
            return endless;
        }
        number = number * 10 + value;
    }
    return number;
}

Selection whole(std::uint64_t size) {
    return {Selection::Kind::whole, 0, size};
}

Selection unsatisfiable() {
    return {Selection::Kind::unsatisfiable, 0, 0};
}

// "-n": the last n bytes.
Selection suffix(std::string_view digits, std::uint64_t size) {
    const auto count = parse_number(digits);
    if (!count) {
        return whole(size);
    }
    if (*count == 0 || size == 0) {
        return unsatisfiable();
    }
    const auto length = std::min(*count, size);
    return {Selection::Kind::part, size - length, length};
}

// "a-" and "a-b".
Selection from(std::string_view first_digits, std::string_view last_digits, std::uint64_t size) {
    const auto first = parse_number(first_digits);
    const auto last = last_digits.empty() ? std::optional(endless) : parse_number(last_digits);
    if (!first || !last || *last < *first) {
        return whole(size);
    }
    if (*first >= size) {
        return unsatisfiable();
    }
    return {Selection::Kind::part, *first, std::min(*last, size - 1) - *first + 1};
}

Selection parse_range(std::string_view value, std::uint64_t size) {
    const auto equals = value.find('=');
    if (equals == std::string_view::npos || !same_letters(value.substr(0, equals), "bytes")) {
        return whole(size);
    }
    const auto range = trimmed(value.substr(equals + 1));
    const auto dash = range.find('-');
    if (dash == std::string_view::npos || range.find(',') != std::string_view::npos) {
        return whole(size);
    }
    return dash == 0 ? suffix(range.substr(1), size) : from(range.substr(0, dash), range.substr(dash + 1), size);
}

// Section 13.1.2: the weak comparison, over a list.
bool names(std::string_view list, std::string_view etag) {
    if (trimmed(list) == "*") {
        return true;
    }
    while (!list.empty()) {
        const auto comma = std::min(list.find(','), list.size());
        auto one = trimmed(list.substr(0, comma));
        if (one.starts_with("W/")) {
            one.remove_prefix(2);
        }
        if (one == etag) {
            return true;
        }
        list.remove_prefix(std::min(comma + 1, list.size()));
    }
    return false;
}

}  // namespace

Selection select(const Wanted& wanted, const Representation& file) {
    if (wanted.if_none_match && names(*wanted.if_none_match, file.etag)) {
        return {Selection::Kind::not_modified, 0, 0};
    }
    // Section 13.1.5: a date, a weak tag or another one asks for the whole file.
    const bool still_fits = !wanted.if_range_there || (wanted.if_range && trimmed(*wanted.if_range) == file.etag);
    return wanted.range && wanted.range_counts && still_fits ? parse_range(*wanted.range, file.size) : whole(file.size);
}

std::string content_range(const Selection& selection, std::uint64_t size) {
    const auto all = "/" + std::to_string(size);
    if (selection.kind == Selection::Kind::unsatisfiable) {
        return "bytes *" + all;
    }
    return "bytes " + std::to_string(selection.first) + "-" + std::to_string(selection.first + selection.length - 1) + all;
}

}  // namespace gateway::edge::protocol
