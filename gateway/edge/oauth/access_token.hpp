// OAuth 2 access tokens as JWT (RFC 9068), bound to their sender by a key (RFC 9449) or a certificate (RFC 8705). Believes nothing of the
// token, and of the issuer what core has pinned: its name, our audience, its keys. Pure. What Fault means stands in fault.hpp.
#pragma once

#include "gateway/edge/oauth/fault.hpp"
#include "policies/instant.hpp"
#include "storage/edge/issuers.hpp"
#include "storage/machines.hpp"

namespace gateway::edge::oauth {

constexpr std::int64_t clock_skew = 30 * policies::one_second;
constexpr std::int64_t token_life_max = 3'600 * policies::one_second;  // from `iat` to `exp`

struct AccessToken {
    storage::OAuthClient client;
    std::optional<crypto::Digest> key;          // cnf.jkt: RFC 7638 thumbprint
    std::optional<crypto::Digest> certificate;  // cnf.x5t#S256
};

// Whose token it says it is, before anything is verified: for finding the issuer's keys.
std::optional<std::string> claimed_issuer(std::string_view token);

// Gives a token that is bound to a key, a certificate, or both.
Outcome<AccessToken> verify_access_token(std::string_view token, const storage::edge::Issuer& issuer, policies::Instant now);

}  // namespace gateway::edge::oauth
