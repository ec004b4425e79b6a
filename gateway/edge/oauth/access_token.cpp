#include "gateway/edge/oauth/access_token.hpp"

#include "crypto/errors.hpp"
#include "gateway/ascii.hpp"
#include "gateway/edge/oauth/claims.hpp"

#include <algorithm>

namespace gateway::edge::oauth {
namespace {

// RFC 9068 section 4; a media type has no case, and may leave "application/" out (RFC 7515 section 4.1.9).
bool is_access_token(std::string_view type) {
    return same_letters(type, "at+jwt") || same_letters(type, "application/at+jwt");
}

// By each key of the algorithm that the token names; one that names itself refuses tokens with the "kid" of another.
crypto::Result<crypto::jws::Token>
verify_with_any(std::string_view token, std::string_view algorithm, const std::vector<crypto::jws::PublicKey>& keys) {
    const auto named = crypto::jws::parse_algorithm(algorithm);
    crypto::Result<crypto::jws::Token> verified = crypto::Errc::signature;
    for (const auto& key : keys) {
        if (key.algorithm != named) {
            continue;
        }
        const auto verifier = crypto::jws::Verifier::from_jwk(key.jwk, key.algorithm);
        if (verifier.has_value()) {
            verified = verifier->verify(token);
        }
        if (verified.has_value()) {
            break;
        }
    }
    return verified;
}

bool is_its_time(const Claims& claims, policies::Instant now) {
    const auto issued = claims.time("iat");
    const auto ends = claims.time("exp");
    const auto begins = claims.time("nbf");
    if (!issued || !ends || (claims.has("nbf") && !begins)) {
        return false;
    }
    return *issued <= now + clock_skew && begins.value_or(*issued) <= now + clock_skew && now < *ends + clock_skew && *issued < *ends &&
           *ends <= *issued + token_life_max;
}

}  // namespace

std::optional<std::string> claimed_issuer(std::string_view token) {
    const auto claim = crypto::jws::read_unverified(token);
    return claim.has_value() ? Claims(claim->payload).text("iss") : std::nullopt;
}

Outcome<AccessToken> verify_access_token(std::string_view token, const storage::edge::Issuer& issuer, policies::Instant now) {
    const auto claim = crypto::jws::read_unverified(token);
    if (claim.has_error()) {
        return Fault::form;
    }
    if (!is_access_token(claim->type)) {
        return Fault::type;
    }
    const auto verified = verify_with_any(token, claim->algorithm, issuer.keys);
    if (verified.has_error()) {
        return Fault::signature;
    }
    const Claims claims(verified->payload);
    if (claims.text("iss") != issuer.issuer) {
        return Fault::issuer;
    }
    const auto audiences = claims.texts("aud");
    if (std::ranges::find(audiences, issuer.audience) == audiences.end()) {
        return Fault::audience;
    }
    if (!is_its_time(claims, now)) {
        return Fault::time;
    }
    const auto client = claims.text("client_id");
    if (!client) {
        return Fault::client;
    }
    AccessToken found{{issuer.issuer, *client}, claims.digest_in("cnf", "jkt"), claims.digest_in("cnf", "x5t#S256")};
    // A confirmation that is there and cannot be read is one that cannot be met.
    const bool unreadable = (claims.has_in("cnf", "jkt") && !found.key) || (claims.has_in("cnf", "x5t#S256") && !found.certificate);
    if (unreadable || (!found.key && !found.certificate)) {
        return Fault::unbound;
    }
    return found;
}

}  // namespace gateway::edge::oauth
