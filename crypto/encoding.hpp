// Text forms of bytes. Decoding is strict: one text for one value, or nothing (Errc::encoding).
#pragma once

#include "crypto/bytes.hpp"
#include "crypto/result.hpp"

namespace crypto {

std::string to_hex(ByteView bytes);  // lower case
Result<Bytes> from_hex(std::string_view text);

std::string to_base64(ByteView bytes);  // RFC 4648 section 4, padded
Result<Bytes> from_base64(std::string_view text);

std::string to_base64_raw(ByteView bytes);  // RFC 4648 section 4, without padding: what age headers use
Result<Bytes> from_base64_raw(std::string_view text);

std::string to_base64url(ByteView bytes);  // RFC 4648 section 5, without padding: tokens and link secrets
Result<Bytes> from_base64url(std::string_view text);

// Bech32 (BIP 173, without its length limit). `prefix` is the human-readable part, in lower case.
std::string to_bech32(std::string_view prefix, ByteView bytes);
struct Bech32 {
    std::string prefix;  // lower case
    Bytes bytes;
};
Result<Bech32> from_bech32(std::string_view text);

}  // namespace crypto
