// A TLS 1.3 HTTP/1.1 listener with the wire profile of README.md: own TLS stream over the socket, guard over the raw header block,
// then Beast's parser, then the route table. A coroutine a connection on one I/O thread. Every wait has a deadline (gateway/limits.hpp).
#pragma once

#include "crypto/result.hpp"
#include "gateway/http/routes.hpp"
#include "gateway/limits.hpp"
#include "gateway/offload.hpp"

#include <boost/asio/io_context.hpp>

#include <filesystem>

namespace gateway::http {

struct TlsFiles {
    std::filesystem::path certificate;  // PEM chain
    std::filesystem::path key;          // PEM, ECDSA P-256
    std::filesystem::path client_ca;    // empty: no client certificates; otherwise a client without a good one fails the handshake
    bool client_optional = false;       // asks for one, and takes anybody's and none: the request says whether client_ca vouches for it
};

// Waits and counts of a listener; tests shorten them, programs leave them alone.
struct ListenLimits {
    std::chrono::milliseconds handshake = limits::handshake;
    std::chrono::milliseconds head = limits::head;
    std::chrono::milliseconds idle = limits::idle;
    std::chrono::milliseconds body_silence = limits::body_silence;
    std::chrono::milliseconds body_grace = limits::body_grace;
    std::chrono::milliseconds write_silence = limits::write_silence;
    std::chrono::milliseconds shutdown = limits::shutdown;
    std::chrono::milliseconds stop_drain = limits::stop_drain;
    std::size_t connections = limits::connections;
    std::size_t connections_per_address = limits::connections_per_address;
};

struct ListenOptions {
    std::string address;             // "127.0.0.1"
    std::uint16_t port = 0;          // 0: any; see Server::port
    std::vector<std::string> hosts;  // allowed Host values, without port; Host must also equal SNI when the client sends one
    TlsFiles tls;
    bool portal = false;             // answers with the portal's CSP (else the API's)
    ListenLimits limits = {};
};

class Server {
public:
    // Throws std::runtime_error with a one-line reason at start-up: address in use, certificate does not load, …
    // `pool` reads the sources of large answers. Context, pool and routes outlive the server; all calls on the context's one thread.
    Server(boost::asio::io_context& context, Pool& pool, ListenOptions options, const Routes& routes);
    ~Server();
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    std::uint16_t port() const;
    void start();
    void stop();                  // no new connections; idle ones end now, running requests get `stop_drain`; then the context is free
    void reload_certificate();    // from the same files; running connections keep theirs

private:
    struct State;
    std::shared_ptr<State> state_;
};

}  // namespace gateway::http
