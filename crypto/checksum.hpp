// Hashes that others ask for: of a chunk (tus Upload-Checksum) and of a content or a representation (RFC 9530). What we ourselves rely
// on is crypto/digest.hpp. SHA-1 is here because tus asks for it; it guards against a broken line, never against a person. One thread each.
#pragma once

#include "crypto/bytes.hpp"

#include <memory>

namespace crypto {

enum class ChecksumAlgorithm { sha1, sha256, sha512 };
std::size_t checksum_bytes(ChecksumAlgorithm algorithm) noexcept;  // 20, 32, 64

class Checksum {
public:
    explicit Checksum(ChecksumAlgorithm algorithm);
    ~Checksum();
    Checksum(Checksum&&) noexcept;
    Checksum& operator=(Checksum&&) noexcept;

    Checksum& update(ByteView bytes);
    Bytes finish();  // once; afterwards the object only dies

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace crypto
