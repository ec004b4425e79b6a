#include "gateway/http/answer.hpp"

#include "gateway/ascii.hpp"
#include "gateway/http/date.hpp"

#include <algorithm>
#include <array>

namespace gateway::http {
namespace {

struct Fixed {
    std::string_view name, value;
};

constexpr std::string_view portal_policy =
    "default-src 'none'; script-src 'self'; worker-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types portal#worker";
constexpr std::string_view api_policy = "default-src 'none'; frame-ancestors 'none'";

constexpr std::array<Fixed, 7> always{{
    {"Strict-Transport-Security", "max-age=63072000; includeSubDomains"},
    {"X-Content-Type-Options", "nosniff"},
    {"Referrer-Policy", "no-referrer"},
    {"Cross-Origin-Opener-Policy", "same-origin"},
    {"Cross-Origin-Embedder-Policy", "require-corp"},
    {"Cross-Origin-Resource-Policy", "same-origin"},
    {"Permissions-Policy",
     "accelerometer=(), autoplay=(), camera=(), display-capture=(), encrypted-media=(), fullscreen=(), geolocation=(), gyroscope=(), "
     "hid=(), idle-detection=(), magnetometer=(), microphone=(), midi=(), payment=(), publickey-credentials-get=(), "
     "screen-wake-lock=(self), serial=(), usb=(), xr-spatial-tracking=()"},
}};

std::string_view reason(int status) {
    switch (status) {
    case 104:
        return "Upload Resumption Supported";
    case 200:
        return "OK";
    case 201:
        return "Created";
    case 204:
        return "No Content";
    case 206:
        return "Partial Content";
    case 304:
        return "Not Modified";
    case 400:
        return "Bad Request";
    case 401:
        return "Unauthorized";
    case 403:
        return "Forbidden";
    case 404:
        return "Not Found";
    case 405:
        return "Method Not Allowed";
    case 408:
        return "Request Timeout";
    case 409:
        return "Conflict";
    case 410:
        return "Gone";
    case 411:
        return "Length Required";
    case 412:
        return "Precondition Failed";
    case 413:
        return "Content Too Large";
    case 414:
        return "URI Too Long";
    case 415:
        return "Unsupported Media Type";
    case 416:
        return "Range Not Satisfiable";
    case 417:
        return "Expectation Failed";
    case 421:
        return "Misdirected Request";
    case 422:
        return "Unprocessable Content";
    case 429:
        return "Too Many Requests";
    case 431:
        return "Request Header Fields Too Large";
    case 460:
        return "Checksum Mismatch";
    case 500:
        return "Internal Server Error";
    case 501:
        return "Not Implemented";
    case 503:
        return "Service Unavailable";
    case 505:
        return "HTTP Version Not Supported";
    case 507:
        return "Insufficient Storage";
    default:
        return "";  // RFC 9112 section 4: it may be empty
    }
}

bool has(const Response& response, std::string_view name) {
    return std::any_of(response.headers.begin(), response.headers.end(), [&](const Header& one) { return same_letters(one.name, name); });
}

void add(std::string& head, std::string_view name, std::string_view value) {
    head.append(name).append(": ").append(value).append("\r\n");
}

}  // namespace

std::uint64_t body_size(const Response& response) {
    if (!response.body.empty()) {
        return response.body.size();
    }
    if (!response.asset.empty()) {
        return response.asset.size();
    }
    return response.source ? response.source->size : 0;
}

bool has_body(const Response& response, Method method) {
    return method != Method::head && response.status != 204 && response.status != 304 && body_size(response) > 0;
}

bool is_clean(const Response& response) {
    const auto breaks_out = [](char byte) { return byte == '\r' || byte == '\n' || byte == '\0'; };
    const auto clean = [&](const std::string& text) { return std::none_of(text.begin(), text.end(), breaks_out); };
    return std::all_of(response.headers.begin(), response.headers.end(), [&](const Header& one) {
        return clean(one.name) && clean(one.value);
    });
}

std::string interim_head(const Response& response) {
    std::string head = "HTTP/1.1 " + std::to_string(response.status) + " ";
    head.append(reason(response.status)).append("\r\n");
    for (const auto& header : response.headers) {
        add(head, header.name, header.value);
    }
    return head + "\r\n";
}

std::string answer_head(const Response& response, const AnswerFrame& frame) {
    std::string head = "HTTP/1.1 " + std::to_string(response.status) + " ";
    head.append(reason(response.status)).append("\r\n");
    add(head, "Date", http_date(frame.now));
    if (response.status != 204 && response.status != 304) {
        add(head, "Content-Length", std::to_string(body_size(response)));
    }
    for (const auto& header : response.headers) {
        add(head, header.name, header.value);
    }
    const auto add_missing = [&](std::string_view name, std::string_view value) {
        if (!has(response, name)) {
            add(head, name, value);
        }
    };
    const bool immutable = response.cache == Response::Cache::immutable;
    add_missing("Cache-Control", immutable ? "public, max-age=31536000, immutable" : "no-store");
    add_missing("Content-Security-Policy", frame.portal ? portal_policy : api_policy);
    for (const auto& fixed : always) {
        add_missing(fixed.name, fixed.value);
    }
    if (frame.close) {
        add(head, "Connection", "close");
    }
    return head + "\r\n";
}

}  // namespace gateway::http
