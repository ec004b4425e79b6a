// For tests: somebody with an Ed25519 key who signs tokens as he likes, and a moment to do it at. What the other algorithms sign comes from
// another hand: tests/integration/machines_test.py.
#pragma once

#include "crypto/encoding.hpp"
#include "crypto/jws.hpp"
#include "policies/instant.hpp"
#include "tests/catch.hpp"

#include <nlohmann/json.hpp>
#include <openssl/evp.h>

#include <memory>

namespace oauth_tests {

using nlohmann::json;

inline constexpr std::int64_t now_seconds = 1'795'000'000;
inline constexpr policies::Instant now{now_seconds * policies::one_second};

class Signer {
public:
    Signer() : key_(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"), EVP_PKEY_free) { REQUIRE(key_ != nullptr); }

    json jwk() const {
        std::array<std::uint8_t, 32> point{};
        std::size_t size = point.size();
        REQUIRE(EVP_PKEY_get_raw_public_key(key_.get(), point.data(), &size) == 1);
        return {{"kty", "OKP"}, {"crv", "Ed25519"}, {"x", crypto::to_base64url(point)}};
    }
    crypto::Digest thumbprint() const { return crypto::jws::Verifier::from_jwk(jwk().dump(), crypto::jws::Algorithm::eddsa)->thumbprint(); }

    std::string sign(const json& header, const json& payload) const { return sign_text(header.dump(), payload.dump()); }

    std::string sign_text(const std::string& header, const std::string& payload) const {
        const auto text = crypto::to_base64url(crypto::as_bytes(header)) + "." + crypto::to_base64url(crypto::as_bytes(payload));
        std::array<std::uint8_t, 64> signature{};
        std::size_t size = signature.size();
        const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
        REQUIRE(EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key_.get()) == 1);
        const auto bytes = crypto::as_bytes(text);
        REQUIRE(EVP_DigestSign(context.get(), signature.data(), &size, bytes.data(), bytes.size()) == 1);
        return text + "." + crypto::to_base64url(signature);
    }

private:
    std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key_;
};

// An object with a member replaced, or without it when the value is null.
inline json with(json object, const std::string& name, json value) {
    object.erase(name);
    if (!value.is_null()) {
        object[name] = std::move(value);
    }
    return object;
}

inline std::string base64url_of(const crypto::Digest& digest) {
    return crypto::to_base64url(digest.bytes);
}

}  // namespace oauth_tests
