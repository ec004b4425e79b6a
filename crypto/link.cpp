#include "crypto/link.hpp"

#include "crypto/encoding.hpp"
#include "crypto/errors.hpp"

namespace crypto {

namespace {

constexpr std::size_t grant_digits = 32;
constexpr std::size_t secret_characters = 43;

bool is_grant(std::string_view text) {
    return text.size() == grant_digits && from_hex(text).has_value();
}

}  // namespace

LinkKeys derive_link_keys(const Secret<32>& link_secret, std::string_view grant) {
    const auto derive = [&](std::string_view label, Secret<32>& key) {
        hkdf_sha256(link_secret.expose(), as_bytes(grant), label, key.expose_writable());
    };
    LinkKeys keys;
    derive("sluis/v1/access", keys.access);
    derive("sluis/v1/envelope", keys.envelope);
    derive("sluis/v1/manifest", keys.manifest);
    derive("sluis/v1/reader", keys.reader);
    return keys;
}

Result<LinkFragment> parse_link_fragment(std::string_view text) {
    if (text.size() != grant_digits + 1 + secret_characters || text[grant_digits] != '.' || !is_grant(text.substr(0, grant_digits))) {
        return Errc::format;
    }
    auto secret = from_base64url(text.substr(grant_digits + 1));
    if (!secret || secret->size() != 32) {
        return Errc::format;
    }
    LinkFragment fragment;
    fragment.grant = text.substr(0, grant_digits);
    std::copy(secret->begin(), secret->end(), fragment.secret.expose_writable().begin());
    wipe(*secret);
    return fragment;
}

SecretBytes format_link_fragment(const LinkFragment& fragment) {
    std::string secret = to_base64url(fragment.secret.expose());
    SecretBytes text(fragment.grant.size() + 1 + secret.size());
    auto out = std::copy(fragment.grant.begin(), fragment.grant.end(), text.expose_writable().begin());
    *out++ = '.';
    std::copy(secret.begin(), secret.end(), out);
    wipe({reinterpret_cast<std::uint8_t*>(secret.data()), secret.size()});
    return text;
}

}  // namespace crypto
