// The one-shot ChaCha20-Poly1305 with which stanzas carry a file key. Each wrapping key is used once, so the nonce is all zeros but for
// HPKE, which derives one.
// Both ways need the same wrapping keys, so they are here; opening is in crypto/open, which the edge does not link. In recipient.cpp.
#pragma once

#include "crypto/age/header.hpp"

namespace crypto::age {

constexpr std::size_t wrapped_size = 32;  // 16 bytes of file key, 16 of tag
constexpr std::string_view x25519_type = "X25519";
constexpr std::string_view scrypt_type = "scrypt";
constexpr std::string_view x25519_label = "age-encryption.org/v1/X25519";

using WrapNonce = std::array<std::uint8_t, 12>;
Bytes wrap_file_key(const Secret<32>& wrapping_key, const FileKey& file_key, const WrapNonce& nonce = {});

// HKDF(shared secret, salt = share ‖ recipient, info = x25519_label).
struct X25519Pair {
    std::span<const std::uint8_t, 32> share;
    std::span<const std::uint8_t, 32> recipient;
};
Secret<32> x25519_wrapping_key(const Secret<32>& shared, X25519Pair pair);

// scrypt(N = 2^log_n, r = 8, p = 1, salt = "age-encryption.org/v1/scrypt" ‖ salt).
struct ScryptCost {
    unsigned log_n = 0;
};
Secret<32> scrypt_wrapping_key(const SecretBytes& passphrase, ScryptCost cost, ByteView salt);

}  // namespace crypto::age
