// Who asks: a grant by its link's access token, a machine that speaks for grants by its own token or certificate, core by its certificate.
// The public listener takes links, the one for machines takes machines. Whoever is not let in gets 401, the same for all; an upload of
// another grant is 404, the same as one that never was. Of a link's access token only the hash is looked for; the token goes no further.
// find_grant and find_own_upload read the database: on the pool. find_own goes there by itself.
#pragma once

#include "gateway/edge/answer.hpp"
#include "gateway/edge/oauth/admission.hpp"
#include "gateway/edge/services.hpp"
#include "gateway/http/routes.hpp"

namespace gateway::edge {

// What a request shows. Says nothing about whether it is any good.
struct Credentials {
    crypto::Digest token_hash;            // SHA-256 of the link's access token, or a value no grant has
    std::optional<oauth::Shown> machine;  // on the listener for machines, in its stead
    std::uint64_t request = 0;            // http::Request::serial: asked about twice, a request is still one
    std::optional<std::string> grant;     // the one a machine means: Sluis-Grant, else the grant of Upload-Metadata
};
Credentials credentials_of(const Services& services, const http::Request& request);

// bad_request for a machine that may speak for several grants and does not say for which.
Answer<policies::GrantId> find_grant(Services& services, const Credentials& credentials);
Answer<storage::edge::Upload> find_own_upload(Services& services, const Credentials& credentials, const std::string& id);

// The upload that the path's {id} names.
boost::asio::awaitable<Answer<storage::edge::Upload>> find_own(Services& services, http::Exchange& exchange);

// The routes as the listener for machines has them: a 401 says how a machine can show who it is (RFC 9449 section 7.1, RFC 6750 section 3).
std::vector<http::Route> with_challenge(std::vector<http::Route> routes);

// Besides the certificate authority, which the handshake has checked: this very certificate.
bool is_core(const Services& services, const http::Request& request) noexcept;

// A handler for core alone: to anybody else forbidden.
http::Handler for_core(Services& services, boost::asio::awaitable<http::Response> (*handler)(Services&, http::Exchange&));

}  // namespace gateway::edge
