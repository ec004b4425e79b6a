// Outgoing HTTPS over libcurl: synchronous, for the router, connectors and the command line; never on an I/O thread.
// TLS 1.3, the peer checked against the given CA; a client certificate where the peer wants one. No redirects, no proxies, no cookies
// but those kept here. Every call has a deadline. An object belongs to one thread and reuses its connection.
#pragma once

#include "crypto/bytes.hpp"
#include "crypto/result.hpp"
#include "gateway/limits.hpp"

#include <filesystem>
#include <functional>
#include <map>
#include <memory>

namespace gateway::client {

struct ClientOptions {
    std::string base;                        // "https://edge.example:8444", no slash at the end
    std::filesystem::path ca;                // PEM; empty: the system's
    std::filesystem::path certificate, key;  // PEM; empty: none
    std::string connect_to;                  // "127.0.0.1:8444" in place of what DNS says; empty: DNS
    long timeout_seconds = 30;               // without progress
    long bytes_per_second_min = limits::bytes_per_second_min;  // averaged over the timeout
};

struct Answer {
    long status = 0;
    std::map<std::string, std::string> headers;  // lower-case names
    std::string body;                            // empty when a sink took it
};

struct Call {
    std::string method = "GET";
    std::string path;
    std::map<std::string, std::string> headers;
    std::string body;
    // When set, the body comes from here instead: `body_size` bytes in order.
    std::function<std::size_t(std::span<std::uint8_t>)> body_source;
    std::uint64_t body_size = 0;
    // When set, a 2xx answer's body goes here; returning false ends the call with Errc::aborted.
    std::function<bool(crypto::ByteView)> sink;
    std::size_t answer_bytes_max = 8 * 1024 * 1024;
};

enum class Errc { unreachable = 1, tls, timeout, aborted, too_large, smtp, mail_refused };
const boost::system::error_category& category() noexcept;
boost::system::error_code make_error_code(Errc error) noexcept;

class HttpsClient {
public:
    explicit HttpsClient(ClientOptions options);
    ~HttpsClient();
    HttpsClient(HttpsClient&&) noexcept;
    crypto::Result<Answer> call(const Call& call);

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace gateway::client

template <>
struct boost::system::is_error_code_enum<gateway::client::Errc> : std::true_type {};
