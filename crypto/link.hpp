// What a link secret becomes: four independent keys by HKDF-SHA-256 with salt = the grant id as text and a label each
// (design: "Keys from the link secret"). Only core and the holder of the link can derive them; the edge sees the access token alone.
#pragma once

#include "crypto/digest.hpp"
#include "crypto/result.hpp"

namespace crypto {

struct LinkKeys {
    Secret<32> access;    // bearer token, sluis/v1/access; the edge stores sha256(access) only
    Secret<32> envelope;  // AES-256-GCM, sluis/v1/envelope
    Secret<32> manifest;  // HMAC-SHA-256, sluis/v1/manifest
    Secret<32> reader;    // X25519 scalar, sluis/v1/reader
};

LinkKeys derive_link_keys(const Secret<32>& link_secret, std::string_view grant);

// "GRANT.SECRET", the part of a link after '#': 32 hex digits, a dot, 43 characters of base64url. Errc::format.
struct LinkFragment {
    std::string grant;
    Secret<32> secret;
};
Result<LinkFragment> parse_link_fragment(std::string_view text);
SecretBytes format_link_fragment(const LinkFragment& fragment);

}  // namespace crypto
