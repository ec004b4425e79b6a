#include "gateway/http/guard.hpp"

#include "gateway/ascii.hpp"
#include "gateway/limits.hpp"

#include <algorithm>

namespace gateway::http {
namespace {

constexpr bool is_hex(char byte) {
    return is_digit(byte) || (byte >= 'a' && byte <= 'f') || (byte >= 'A' && byte <= 'F');
}
constexpr bool is_one_of(char byte, std::string_view set) {
    return set.find(byte) != std::string_view::npos;
}

// RFC 9110 section 5.6.2
constexpr bool is_token_byte(char byte) {
    return is_digit(byte) || is_letter(byte) || is_one_of(byte, "!#$%&'*+-.^_`|~");
}
// pchar of RFC 3986 section 3.3 without its percent-encoding: nothing of ours needs one in a path
constexpr bool is_path_byte(char byte) {
    return is_digit(byte) || is_letter(byte) || is_one_of(byte, "/-._~!$&'()*+,;=:@");
}
constexpr bool is_query_byte(char byte) {
    return is_path_byte(byte) || byte == '?';
}
// Field values: visible ASCII, space and tab. RFC 9110 section 5.5 would let bytes over 0x7f pass; nobody of ours sends them.
constexpr bool is_value_byte(char byte) {
    return byte == '\t' || (byte >= 0x20 && byte < 0x7f);
}

bool is_token(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), is_token_byte);
}

using Wrong = std::optional<Refusal>;
Wrong bad(std::string_view detail) {
    return Refusal{problems::bad_request, detail};
}

bool is_decimal(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), is_digit);
}

Wrong check_version(std::string_view version) {
    if (version == "HTTP/1.1" || version == "HTTP/1.0") {
        return {};
    }
    const bool shaped =
        version.size() == 8 && version.starts_with("HTTP/") && is_digit(version[5]) && version[6] == '.' && is_digit(version[7]);
    return shaped ? Wrong(Refusal{problems::version_not_supported, "only HTTP/1.1"}) : bad("malformed request line");
}

Wrong check_target(std::string_view target) {
    if (target.size() > limits::target_bytes) {
        return Refusal{problems::target_too_long, "target over 2048 bytes"};
    }
    if (!target.starts_with('/')) {
        return bad("only origin-form targets");
    }
    const auto question = std::min(target.find('?'), target.size());
    const auto path = target.substr(0, question);
    if (!std::all_of(path.begin(), path.end(), is_path_byte)) {
        return bad("byte not allowed in a path");
    }
    for (std::size_t at = 0; at < path.size();) {
        const auto end = std::min(path.find('/', at + 1), path.size());
        const auto segment = path.substr(at + 1, end - at - 1);
        if (segment == "." || segment == "..") {
            return bad("dot segment in the path");
        }
        at = end;
    }
    for (std::size_t at = question + 1; at < target.size(); ++at) {
        if (target[at] == '%') {
            if (at + 2 >= target.size() || !is_hex(target[at + 1]) || !is_hex(target[at + 2])) {
                return bad("malformed percent-encoding");
            }
            at += 2;
        } else if (!is_query_byte(target[at])) {
            return bad("byte not allowed in a query");
        }
    }
    return {};
}

// "name" or "name:port" → name. Empty when it is neither. Userinfo, lists and spaces fail on their bytes.
std::string_view host_name(std::string_view host) {
    const auto bracket = host.starts_with('[') ? host.find(']') : std::string_view::npos;
    const auto colon = host.find(':', bracket == std::string_view::npos ? 0 : bracket);
    const auto name = host.substr(0, colon);
    if (colon != std::string_view::npos) {
        const auto port = host.substr(colon + 1);
        if (!is_decimal(port) || port.size() > 5) {
            return {};
        }
    }
    const bool literal = bracket != std::string_view::npos && bracket + 1 == name.size();
    const auto good = [&](char byte) {
        return is_digit(byte) || is_letter(byte) || byte == '-' || byte == '.' || (literal && is_one_of(byte, "[]:"));
    };
    return std::all_of(name.begin(), name.end(), good) ? name : std::string_view();
}

std::optional<std::uint64_t> length_of(std::string_view value) {
    constexpr std::size_t digits_max = 18;  // below 2^63, whatever the digits are
    if (!is_decimal(value) || value.size() > digits_max) {
        return std::nullopt;
    }
    std::uint64_t length = 0;
    for (const char digit : value) {
        length = length * 10 + static_cast<std::uint64_t>(digit - '0');
    }
    return length;
}

bool list_has(std::string_view list, std::string_view wanted) {
    while (!list.empty()) {
        const auto end = std::min(list.find(','), list.size());
        if (same_letters(trimmed(list.substr(0, end)), wanted)) {
            return true;
        }
        list.remove_prefix(std::min(end + 1, list.size()));
    }
    return false;
}

// The fields that say where a message ends or whom it is for; all others are the handlers'.
struct Framing {
    std::size_t hosts = 0, lengths = 0, encodings = 0, contents = 0, expectations = 0;
    std::string_view host, length, encoding, expectation;
    bool close = false;

    void take(std::string_view name, std::string_view value) {
        if (same_letters(name, "host")) {
            ++hosts;
            host = value;
        } else if (same_letters(name, "content-length")) {
            ++lengths;
            length = value;
        } else if (same_letters(name, "transfer-encoding")) {
            ++encodings;
            encoding = value;
        } else if (same_letters(name, "content-encoding")) {
            ++contents;
        } else if (same_letters(name, "expect")) {
            ++expectations;
            expectation = value;
        } else if (same_letters(name, "connection") && list_has(value, "close")) {
            close = true;
        }
    }
};

Wrong read_fields(std::string_view lines, Framing& framing) {
    std::size_t fields = 0;
    while (lines != "\r\n") {
        const auto end = lines.find("\r\n");
        const auto line = lines.substr(0, end);
        lines.remove_prefix(end + 2);
        if (++fields > limits::head_fields) {
            return Refusal{problems::header_too_large, "more than 64 fields"};
        }
        if (line.starts_with(' ') || line.starts_with('\t')) {
            return bad("folded field");  // RFC 9112 section 5.2
        }
        const auto colon = line.find(':');
        if (colon == std::string_view::npos || !is_token(line.substr(0, colon))) {
            return bad("malformed field name");  // a space before the colon too: RFC 9112 section 5.1
        }
        const auto value = trimmed(line.substr(colon + 1));
        if (!std::all_of(value.begin(), value.end(), is_value_byte)) {
            return bad("byte not allowed in a field");
        }
        framing.take(line.substr(0, colon), value);
    }
    return {};
}

// RFC 9112 section 6: the ways to say where a body ends, of which we know one.
Wrong check_length(const Framing& framing, bool http_1_0, Vetted& head) {
    if (framing.encodings > 0) {
        if (framing.lengths > 0 || framing.encodings > 1 || http_1_0) {
            return bad("ambiguous length");
        }
        return same_letters(framing.encoding, "chunked") ? Wrong(Refusal{problems::length_required, "Content-Length, not chunked"})
                                                         : Wrong(Refusal{problems::not_implemented, "unknown transfer coding"});
    }
    if (framing.lengths > 1) {
        return bad("more than one Content-Length");
    }
    if (framing.lengths == 1) {
        head.content_length = length_of(framing.length);
        if (!head.content_length) {
            return bad("malformed Content-Length");
        }
    }
    if (framing.contents > 0) {
        return Refusal{problems::unsupported_type, "no Content-Encoding"};
    }
    if (framing.expectations > 0 && !http_1_0) {  // RFC 9110 section 10.1.1: from HTTP/1.0 it is ignored
        if (framing.expectations > 1 || !same_letters(framing.expectation, "100-continue")) {
            return Refusal{problems::expectation_failed, "only 100-continue"};
        }
        head.expects_continue = true;
    }
    return {};
}

Wrong check_host(const Framing& framing, std::span<const std::string> hosts, std::string_view server_name, Vetted& head) {
    if (framing.hosts != 1) {
        return bad("exactly one Host");
    }
    head.host = host_name(framing.host);
    if (head.host.empty()) {
        return bad("malformed Host");
    }
    const bool ours = std::any_of(hosts.begin(), hosts.end(), [&](const std::string& one) { return same_letters(one, head.host); });
    if (!ours || (!server_name.empty() && !same_letters(server_name, head.host))) {
        return Refusal{problems::misdirected, "Host is not ours, or not the name of the TLS connection"};
    }
    return {};
}

}  // namespace

HeadScan::State HeadScan::refuse(const Problem& problem, std::string_view detail) {
    refusal_ = {problem, detail};
    return State::refused;
}

HeadScan::State HeadScan::scan(std::string_view bytes) {
    for (; at_ < bytes.size(); ++at_) {
        if (at_ >= limits::head_bytes + start_) {
            return refuse(problems::header_too_large, "header block over 16 KiB");
        }
        const char byte = bytes[at_];
        const bool after_cr = at_ > 0 && bytes[at_ - 1] == '\r';
        if (after_cr != (byte == '\n')) {
            return refuse(problems::bad_request, "CR and LF only as a pair");
        }
        if (byte == '\0') {
            return refuse(problems::bad_request, "NUL");
        }
        if (lines_ == 0 && at_ - line_ > limits::target_bytes + 64) {
            return refuse(problems::target_too_long, "request line too long");
        }
        if (byte != '\n') {
            continue;
        }
        const auto line = bytes.substr(line_, at_ - 1 - line_);
        line_ = at_ + 1;
        if (line.empty() && lines_ == 0) {
            if (start_ != 0) {
                return refuse(problems::bad_request, "empty request");
            }
            start_ = line_;
        } else if (line.empty()) {
            ++at_;
            return State::complete;
        } else if (++lines_ == 1 && line.find(" HTTP/") == std::string_view::npos) {
            return refuse(problems::bad_request, "malformed request line");  // HTTP/0.9: its client would wait for ever
        }
    }
    return State::more;
}

Verdict vet(std::string_view block, std::span<const std::string> hosts, std::string_view server_name) {
    Verdict verdict;
    auto& head = verdict.head;
    const auto line_end = block.find("\r\n");
    const auto line = block.substr(0, line_end);
    const auto first = line.find(' ');
    const auto last = line.rfind(' ');
    if (line_end == std::string_view::npos || !block.ends_with("\r\n\r\n") || first == std::string_view::npos || first == last) {
        verdict.refusal = bad("malformed request line");
        return verdict;
    }
    head.method = line.substr(0, first);
    head.target = line.substr(first + 1, last - first - 1);
    const auto version = line.substr(last + 1);
    if (!is_token(head.method)) {
        verdict.refusal = bad("malformed method");
        return verdict;
    }
    verdict.refusal = check_version(version);
    if (verdict.refusal) {
        return verdict;
    }
    if (!parse_method(head.method)) {
        // RFC 9110 section 9.1: 405 is for a method one knows and does not want, 501 for one nobody knows.
        const bool known = head.method == "TRACE" || head.method == "CONNECT";
        verdict.refusal = known ? Refusal{problems::method_not_allowed, {}} : Refusal{problems::not_implemented, "unknown method"};
        return verdict;
    }
    const bool http_1_0 = version == "HTTP/1.0";
    Framing framing;
    verdict.refusal = check_target(head.target);
    if (!verdict.refusal) {
        verdict.refusal = read_fields(block.substr(line_end + 2), framing);
    }
    if (!verdict.refusal) {
        verdict.refusal = check_host(framing, hosts, server_name, head);
    }
    if (!verdict.refusal) {
        verdict.refusal = check_length(framing, http_1_0, head);
    }
    head.http_1_0 = http_1_0;
    head.close = http_1_0 || framing.close;
    return verdict;
}

}  // namespace gateway::http
