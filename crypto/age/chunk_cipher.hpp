// What sealing and opening chunks have in common: key, nonce and an OpenSSL context that is keyed once and then only re-nonced.
#pragma once

#include "crypto/age/stream.hpp"

struct evp_cipher_ctx_st;

namespace crypto::age {

constexpr std::size_t chunk_tag = 16;

struct FreeCipher {
    void operator()(evp_cipher_ctx_st* cipher) const noexcept;
};
using Cipher = std::unique_ptr<evp_cipher_ctx_st, FreeCipher>;
enum class CipherDirection { seal, open };

// Keyed with HKDF(file key, salt = nonce, info = "payload").
Cipher chunk_cipher(const FileKey& file_key, std::span<const std::uint8_t, payload_nonce> nonce, CipherDirection direction);

std::array<std::uint8_t, 12> chunk_nonce(std::uint64_t index, bool last);

}  // namespace crypto::age
