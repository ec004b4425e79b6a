// The head of a request that passed the guard: a known method, an origin-form target, one Host of ours, one decimal Content-Length.
// Values are what the peer sent, unescaped by nobody; parsing them into types is the handler's first line.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gateway::http {

enum class Method { get, head, post, put, patch, delete_, options };
constexpr Method all_methods[] = {Method::get, Method::head, Method::post, Method::put, Method::patch, Method::delete_, Method::options};
std::string_view method_name(Method method);                          // "GET"
std::optional<Method> parse_method(std::string_view name);            // exactly so, RFC 9110 section 9.1
bool changes_state(Method method);                                    // not "safe" in RFC 9110 section 9.2.1

struct Header {
    std::string name;  // lower case
    std::string value;
};

struct Request {
    Method method = Method::get;
    std::string path;   // "/api/v1/uploads/…", not decoded; '%' never passes the guard in a path
    std::string query;  // behind '?', without it
    std::vector<Header> headers;
    std::optional<std::uint64_t> content_length;
    bool expects_continue = false;
    bool http_1_0 = false;
    std::string peer_address;         // for limits, in memory only; never logged in full
    std::string client_certificate;   // hex SHA-256 of the client certificate, empty without one
    bool client_certificate_trusted = false;  // it chains to the listener's authority for clients
    std::uint64_t serial = 0;         // no other request of this listener has it

    std::optional<std::string_view> header(std::string_view lower_case_name) const;  // nothing when it is absent or there twice
    std::size_t count(std::string_view lower_case_name) const;
    std::optional<std::string> query_value(std::string_view name) const;  // percent-decoded
    std::optional<std::string> cookie(std::string_view name) const;
    std::optional<std::string_view> bearer() const;  // Authorization: Bearer …
};

}  // namespace gateway::http
