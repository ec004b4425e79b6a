#include "gateway/edge/oauth/dpop.hpp"

#include "crypto/encoding.hpp"
#include "crypto/jws.hpp"
#include "gateway/ascii.hpp"
#include "gateway/edge/oauth/claims.hpp"

#include <algorithm>

namespace gateway::edge::oauth {
namespace {

// RFC 9449 section 4.3 step 9, RFC 3986 section 6.2: scheme and host have no case, the scheme's own port and an empty path may be left
// out, and query and fragment do not count. Empty for what is no https address.
std::string normal_uri(std::string_view uri) {
    constexpr std::string_view scheme = "https://";
    constexpr std::string_view own_port = ":443";
    if (uri.size() < scheme.size() || !same_letters(uri.substr(0, scheme.size()), scheme)) {
        return {};
    }
    uri.remove_prefix(scheme.size());
    uri = uri.substr(0, uri.find_first_of("?#"));
    const auto path_at = std::min(uri.find('/'), uri.size());
    auto authority = lower_case(uri.substr(0, path_at));
    if (authority.ends_with(own_port)) {
        authority.resize(authority.size() - own_port.size());
    }
    if (authority.empty()) {
        return {};
    }
    const auto path = uri.substr(path_at);
    return std::string(scheme) + authority + (path.empty() ? "/" : std::string(path));
}

bool is_about(const Claims& claims, const Asked& asked) {
    const auto uri = normal_uri(claims.text("htu").value_or(""));
    const auto token_hash = parse_digest(claims.text("ath").value_or(""));
    return claims.text("htm") == asked.method && !uri.empty() && uri == normal_uri(asked.uri) &&
           token_hash == crypto::sha256(crypto::as_bytes(asked.token));
}

}  // namespace

Outcome<Proof> verify_proof(std::string_view proof, const Asked& asked, policies::Instant now) {
    const auto claim = crypto::jws::read_unverified(proof);
    if (claim.has_error() || claim->key.empty()) {
        return Fault::proof;
    }
    if (!same_letters(claim->type, "dpop+jwt")) {
        return Fault::type;
    }
    const auto algorithm = crypto::jws::parse_algorithm(claim->algorithm);  // public keys only: no `none`, no shared secret
    if (!algorithm) {
        return Fault::proof;
    }
    const auto verifier = crypto::jws::Verifier::from_jwk(claim->key, *algorithm);  // refuses a private key
    if (verifier.has_error()) {
        return Fault::proof;
    }
    const auto verified = verifier->verify(proof);
    if (verified.has_error()) {
        return Fault::signature;
    }
    const Claims claims(verified->payload);
    const auto id = claims.text("jti");
    const auto issued = claims.time("iat");
    if (!id || id->size() > proof_id_bytes_max || !issued) {
        return Fault::proof;
    }
    if (!is_about(claims, asked)) {
        return Fault::request;
    }
    if (*issued > now + proof_window || now > *issued + proof_window) {
        return Fault::time;
    }
    return Proof{verifier->thumbprint(), crypto::sha256(crypto::as_bytes(*id)), *issued + proof_window};
}

}  // namespace gateway::edge::oauth
