// What the edge keeps for an uploader without being able to read it: 12-byte random nonce, then AES-256-GCM ciphertext and tag.
// Associated data = grant id as text, then the version as 8 bytes big-endian: an old envelope cannot be passed off as a new one.
// Outcomes travel the same way. Opening is in crypto/open/envelope.hpp.
#pragma once

#include "crypto/random.hpp"
#include "crypto/result.hpp"

namespace crypto {

struct EnvelopeContext {
    std::string_view grant;
    std::uint64_t version = 0;
};

constexpr std::size_t envelope_nonce = 12;
constexpr std::size_t envelope_tag = 16;

Bytes associated_bytes(EnvelopeContext context);

Bytes seal_envelope(const Secret<32>& envelope_key, EnvelopeContext context, ByteView plaintext, Random& random);

}  // namespace crypto
