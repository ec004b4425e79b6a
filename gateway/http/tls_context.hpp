// What every TLS connection of a listener shares: certificate, key, the profile (TLS 1.3 only, no tickets, no early data, strict ALPN,
// X25519MLKEM768 where OpenSSL has it), and the client authority where one is asked for. Immutable once made: a reload makes a new
// one, running connections keep theirs. Believes its files; throws std::runtime_error with a one-line reason when they do not load.
#pragma once

#include "gateway/http/server.hpp"

#include <openssl/ssl.h>

#include <memory>

namespace gateway::http {

class TlsContext {
public:
    explicit TlsContext(const TlsFiles& files);

    SSL_CTX* native() const noexcept { return context_.get(); }

private:
    struct Free {
        void operator()(SSL_CTX* context) const noexcept { SSL_CTX_free(context); }
    };
    std::unique_ptr<SSL_CTX, Free> context_;
};

}  // namespace gateway::http
