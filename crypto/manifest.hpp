// What the uploader says about one document, readable only inside: name, type, plaintext size and SHA-256. JSON, age-encrypted to
// the intake recipient, and bound to the ciphertext by a MAC under the manifest key, so that only the holder of the link can seal.
#pragma once

#include "crypto/digest.hpp"
#include "crypto/result.hpp"

#include <optional>

namespace crypto {

struct Manifest {
    std::string grant;
    std::string item;                       // opaque code
    std::string name;                       // file name as the uploader has it; hostile text
    std::string type;                       // media type as the browser guessed it; may be empty
    std::uint64_t size = 0;                 // plaintext bytes
    Digest sha256;                          // of the plaintext
    std::optional<std::string> supersedes;  // upload id
    std::string note;
    std::string sealed_at;                  // RFC 3339, the uploader's clock
};

// Refuses unknown versions, missing or wrongly typed fields, texts over 1 KiB (note: 4 KiB), documents over 16 KiB: Errc::format.
Result<Manifest> parse_manifest(ByteView json);
std::string format_manifest(const Manifest& manifest);

// HMAC(manifest key, SHA-256(manifest bytes) ‖ SHA-256(ciphertext)); "bytes" as they were before encryption.
struct SealedDigests {
    Digest manifest;
    Digest ciphertext;
};
Digest manifest_mac(const Secret<32>& manifest_key, const SealedDigests& digests);

}  // namespace crypto
