#include "gateway/http/request.hpp"

#include "gateway/ascii.hpp"

#include <algorithm>

namespace gateway::http {
namespace {

int hex_digit(char digit) noexcept {
    if (is_digit(digit)) {
        return digit - '0';
    }
    const char letter = lower(digit);
    return letter >= 'a' && letter <= 'f' ? letter - 'a' + 10 : -1;
}

// Percent-decoding of RFC 3986 section 2.1; '+' stays '+'. The guard has made sure that two digits follow each '%'.
std::optional<std::string> decode(std::string_view text) {
    std::string decoded;
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text[at] != '%') {
            decoded += text[at];
            continue;
        }
        const int high = at + 2 < text.size() ? hex_digit(text[at + 1]) : -1;
        const int low = at + 2 < text.size() ? hex_digit(text[at + 2]) : -1;
        if (high < 0 || low < 0) {
            return std::nullopt;
        }
        decoded += static_cast<char>(high * 16 + low);
        at += 2;
    }
    return decoded;
}

// Looks for `name=` among parts with a separator; gives what stands behind it. Nothing when it is there twice: no guess which counts.
std::optional<std::string_view> part(std::string_view parts, char separator, std::string_view name) {
    std::optional<std::string_view> found;
    while (!parts.empty()) {
        const auto end = std::min(parts.find(separator), parts.size());
        auto one = parts.substr(0, end);
        parts.remove_prefix(std::min(end + 1, parts.size()));
        one.remove_prefix(std::min(one.find_first_not_of(' '), one.size()));
        const auto equals = std::min(one.find('='), one.size());
        if (one.substr(0, equals) != name) {
            continue;
        }
        if (found) {
            return std::nullopt;
        }
        found = one.substr(std::min(equals + 1, one.size()));
    }
    return found;
}

}  // namespace

std::string_view method_name(Method method) {
    switch (method) {
    case Method::get:
        return "GET";
    case Method::head:
        return "HEAD";
    case Method::post:
        return "POST";
    case Method::put:
        return "PUT";
    case Method::patch:
        return "PATCH";
    case Method::delete_:
        return "DELETE";
    case Method::options:
        break;
    }
    return "OPTIONS";
}

std::optional<Method> parse_method(std::string_view name) {
    for (const auto method : all_methods) {
        if (method_name(method) == name) {
            return method;
        }
    }
    return std::nullopt;
}

bool changes_state(Method method) {
    return method != Method::get && method != Method::head && method != Method::options;
}

std::size_t Request::count(std::string_view lower_case_name) const {
    const auto named = [&](const Header& header) { return header.name == lower_case_name; };
    return static_cast<std::size_t>(std::count_if(headers.begin(), headers.end(), named));
}

std::optional<std::string_view> Request::header(std::string_view lower_case_name) const {
    if (count(lower_case_name) != 1) {
        return std::nullopt;
    }
    const auto named = [&](const Header& one) { return one.name == lower_case_name; };
    return std::find_if(headers.begin(), headers.end(), named)->value;
}

std::optional<std::string> Request::query_value(std::string_view name) const {
    const auto value = part(query, '&', name);
    return value ? decode(*value) : std::nullopt;
}

std::optional<std::string> Request::cookie(std::string_view name) const {
    const auto cookies = header("cookie");
    const auto value = cookies ? part(*cookies, ';', name) : std::nullopt;
    return value ? std::optional(std::string(*value)) : std::nullopt;
}

// RFC 6750 section 2.1; the scheme's name has no case (RFC 9110 section 11.1).
std::optional<std::string_view> Request::bearer() const {
    constexpr std::string_view scheme = "bearer ";
    const auto value = header("authorization");
    if (!value || value->size() <= scheme.size() || !same_letters(value->substr(0, scheme.size()), scheme)) {
        return std::nullopt;
    }
    const auto token = value->substr(scheme.size());
    return token.find_first_of(" \t") == std::string_view::npos ? std::optional(token) : std::nullopt;
}

}  // namespace gateway::http
