// SHA-256, HMAC-SHA-256 and HKDF-SHA-256 on OpenSSL. A Sha256 belongs to one thread.
#pragma once

#include "crypto/bytes.hpp"
#include "crypto/secret.hpp"

#include <array>
#include <compare>
#include <memory>
#include <optional>

namespace crypto {

struct Digest {
    std::array<std::uint8_t, 32> bytes{};

    std::string hex() const;
    static std::optional<Digest> from_hex(std::string_view text);          // 64 lower-case digits
    static std::optional<Digest> from_bytes(ByteView bytes);               // 32 bytes
    friend auto operator<=>(const Digest&, const Digest&) = default;
};

class Sha256 {
public:
    Sha256();
    ~Sha256();
    Sha256(Sha256&&) noexcept;
    Sha256& operator=(Sha256&&) noexcept;

    Sha256& update(ByteView bytes);
    Digest finish();  // once; afterwards the object only dies

private:
    struct State;
    std::unique_ptr<State> state_;
};

Digest sha256(ByteView bytes);
Digest hmac_sha256(ByteView key, ByteView message);                         // RFC 2104
void hkdf_sha256(ByteView key, ByteView salt, std::string_view label, std::span<std::uint8_t> out);  // RFC 5869; label = info

std::string openssl_version();  // of the library that runs, "3.0.17"

}  // namespace crypto
