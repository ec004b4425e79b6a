// Who opens mlkem768x25519 stanzas: a seed of 32 bytes ("AGE-SECRET-KEY-PQ-1…") from which both halves are made, as X-Wing says.
// Errc::unsupported where OpenSSL is older than 3.5 (crypto/age/hybrid.hpp).
#pragma once

#include "crypto/age/hybrid.hpp"
#include "crypto/open/identity.hpp"

struct evp_pkey_st;

namespace crypto::open {

class HybridIdentity final : public KeyIdentity {
public:
    static Result<HybridIdentity> generate(Random& random);
    static Result<HybridIdentity> parse(std::string_view text);

    SecretBytes text() const override;
    const age::HybridRecipient& recipient() const noexcept override { return recipient_; }
    Result<age::FileKey> unwrap(std::span<const age::Stanza> stanzas) const override;

private:
    struct FreeKey {
        void operator()(evp_pkey_st* key) const noexcept;
    };
    using MlKemKey = std::unique_ptr<evp_pkey_st, FreeKey>;

    static Result<HybridIdentity> from_seed(Secret<32> seed);
    HybridIdentity(Secret<32> seed, MlKemKey ml_kem, Secret<32> scalar, age::HybridRecipient recipient);
    Result<age::FileKey> unwrap_one(const age::Stanza& stanza) const;

    Secret<32> seed_;
    MlKemKey ml_kem_;
    Secret<32> scalar_;
    std::array<std::uint8_t, 32> point_{};
    age::HybridRecipient recipient_;
};

// Identity files with identities of either kind, one a line, '#' comments.
Result<std::vector<std::unique_ptr<KeyIdentity>>> parse_identities(std::string_view text);

}  // namespace crypto::open
