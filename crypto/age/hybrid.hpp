// The post-quantum recipient of C2SP age v1, mlkem768x25519 ("age1pq1…"): X-Wing, which is ML-KEM-768 (FIPS 203) and X25519 together,
// under HPKE (RFC 9180, base mode). Both must fall before a file key does. ML-KEM is OpenSSL's and comes with 3.5: has_ml_kem() says
// whether the library that runs has it; without, parse gives Errc::unsupported. Opening is in crypto/open/hybrid.
#pragma once

#include "crypto/age/recipient.hpp"
#include "crypto/age/wrap.hpp"

namespace crypto::age {

constexpr std::string_view hybrid_type = "mlkem768x25519";
constexpr std::size_t ml_kem_point = 1184;
constexpr std::size_t ml_kem_ciphertext = 1088;
constexpr std::size_t hybrid_point = ml_kem_point + 32;       // the recipient: ML-KEM's encapsulation key, then X25519's point
constexpr std::size_t hybrid_share = ml_kem_ciphertext + 32;  // the stanza's argument: ML-KEM's ciphertext, then X25519's share

bool has_ml_kem();

class HybridRecipient final : public Recipient {
public:
    static Result<HybridRecipient> parse(std::string_view text);  // "age1pq1…"
    explicit HybridRecipient(std::span<const std::uint8_t, hybrid_point> point);

    std::string text() const override;
    Result<Stanza> wrap(const FileKey& file_key, Random& random) const override;
    std::string_view label() const noexcept override { return "postquantum"; }

private:
    Bytes point_;
};

// X-Wing's combiner and HPKE's key schedule: what sealing and opening have in common.
struct HybridSecrets {
    Secret<32> ml_kem;
    Secret<32> x25519;
};
struct WrappingKey {
    Secret<32> key;
    WrapNonce nonce{};
};
WrappingKey hybrid_wrapping_key(const HybridSecrets& secrets, X25519Pair pair);

}  // namespace crypto::age
