// Who a machine is, from what it shows with a request: an access token with the proof that it is its own, or a client certificate alone.
// One of the two: a certificate counts for itself only when no token is shown. Pure; issuer, replays and grants are the caller's to find.
#pragma once

#include "gateway/edge/oauth/access_token.hpp"
#include "gateway/edge/oauth/dpop.hpp"
#include "gateway/http/request.hpp"

#include <variant>

namespace gateway::edge::oauth {

struct Shown {
    enum class Scheme { none, bearer, dpop, other } scheme = Scheme::none;
    std::string token;
    std::size_t proofs = 0;  // DPoP header fields
    std::string proof;  // the one there is
    std::string method;
    std::string uri;
    std::optional<crypto::Digest> certificate;  // of the connection: SHA-256 of the DER
    bool certificate_trusted = false;  // it chains to the authority for clients
};
Shown shown_by(const http::Request& request);

struct Bearer {
    AccessToken token;
    std::optional<Proof> proof;  // to be looked up among those used before
};

// The token and what it is bound to, together. Not for Shown::Scheme::none.
Outcome<Bearer> verify_bearer(const Shown& shown, const storage::edge::Issuer& issuer, policies::Instant now);

// The certificate, when it alone may say who this is.
Outcome<crypto::Digest> verify_certificate(const Shown& shown);

}  // namespace gateway::edge::oauth
