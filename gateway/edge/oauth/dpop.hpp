// Proof of possession with a request (RFC 9449): a token that the client signs with its own key for this request and this access token.
// Whether the key is the access token's, and whether the proof was used before, is for the caller to ask. Pure.
#pragma once

#include "crypto/digest.hpp"
#include "gateway/edge/oauth/fault.hpp"
#include "policies/instant.hpp"

#include <string>

namespace gateway::edge::oauth {

constexpr std::int64_t proof_window = 60 * policies::one_second;  // `iat` may be so far from now, either way
constexpr std::size_t proof_id_bytes_max = 256;

// What the proof must be about.
struct Asked {
    std::string method;  // "POST"
    std::string uri;     // without query: "https://host:port/path"
    std::string token;   // the access token as it came
};

struct Proof {
    crypto::Digest key;             // RFC 7638 thumbprint
    crypto::Digest id;              // SHA-256 of `jti`
    policies::Instant good_until;   // a replay is refused as too old from then on
};

Outcome<Proof> verify_proof(std::string_view proof, const Asked& asked, policies::Instant now);

}  // namespace gateway::edge::oauth
