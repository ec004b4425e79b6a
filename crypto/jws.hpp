// JSON Web Signature in its compact form (RFC 7515): verifying what others signed with public keys (RFC 7518 section 3.1, RFC 8037), and
// signing with a shared secret (HS256) for case systems that want it. A key is for one algorithm, chosen by whoever configured it; a
// token's header can only agree with it. So there is no `none`, no HS256 made with a public key, and no choice for an attacker.
// Errors: format for what is no such token or key, limit above token_bytes_max, signature for what does not verify. Any thread.
#pragma once

#include "crypto/digest.hpp"
#include "crypto/result.hpp"
#include "crypto/secret.hpp"

#include <memory>
#include <optional>

struct evp_pkey_st;

namespace crypto::jws {

constexpr std::size_t token_bytes_max = 32 * 1024;
constexpr std::size_t key_set_bytes_max = 256 * 1024;
constexpr std::size_t keys_max = 32;  // of one set

enum class Algorithm { es256, ps256, rs256, eddsa };  // P-256; RSA of 2048 to 8192 bits, twice; Ed25519

std::optional<Algorithm> parse_algorithm(std::string_view name);  // "ES256", "PS256", "RS256", "EdDSA"

// What a verified token holds. Claims (who, for whom, until when) are the caller's to check.
struct Token {
    std::string key_id;  // "kid", empty without
    std::string type;    // "typ", empty without
    Bytes payload;
};

class Verifier {
public:
    // A public key in JSON (RFC 7517). Where the key names an algorithm, a use or operations itself, they must fit. One with a private
    // member is refused.
    static Result<Verifier> from_jwk(std::string_view json, Algorithm algorithm);

    const std::string& key_id() const noexcept { return key_id_; }
    const Digest& thumbprint() const noexcept { return thumbprint_; }  // RFC 7638, SHA-256

    // Refuses a header with `crit`, `b64`, `zip`, `jku` or `x5u`, with a member twice, or with the "kid" of another key.
    Result<Token> verify(std::string_view token) const;

private:
    struct FreeKey {
        void operator()(evp_pkey_st* key) const noexcept;
    };
    Verifier() = default;
    Algorithm algorithm_{};
    std::string key_id_;
    Digest thumbprint_;
    std::unique_ptr<evp_pkey_st, FreeKey> key_;
};

// The public keys of a JSON Web Key Set that can verify what we take, each with its algorithm; others are passed over. Errors: format for
// what is no set, holds a private key, or leaves none; limit.
struct PublicKey {
    Algorithm algorithm{};
    std::string jwk;
};
Result<std::vector<PublicKey>> parse_key_set(std::string_view json);

// What a token says of itself before anybody has verified it: good for finding the key it must verify with, and for nothing else.
struct Claim {
    std::string algorithm;
    std::string type;
    std::string key;  // "jwk" as JSON, empty without
    Bytes payload;
};
Result<Claim> read_unverified(std::string_view token);

// header: {"alg":"HS256"} with "kid" and "typ" where they are not empty. Errors: format for a key
// under 32 bytes (RFC 7518 section 3.2) and for names that are not UTF-8, limit for a key above 1024.
struct HeaderNames {
    std::string_view key_id;
    std::string_view type;
};
Result<std::string> sign_hs256(const SecretBytes& key, ByteView payload, const HeaderNames& names);

}  // namespace crypto::jws
