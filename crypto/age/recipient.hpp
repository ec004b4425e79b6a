// Whom a file key can be wrapped to: X25519 ("age1…") and scrypt (a passphrase, which must stand alone in its header); post-quantum
// recipients are in hybrid.hpp. Errors: encoding and format for texts that are no recipient.
#pragma once

#include "crypto/age/header.hpp"
#include "crypto/random.hpp"

namespace crypto::age {

class Recipient {
public:
    virtual ~Recipient() = default;
    virtual Result<Stanza> wrap(const FileKey& file_key, Random& random) const = 0;
    virtual std::string text() const { return {}; }               // empty for a passphrase, which has none
    virtual bool stands_alone() const noexcept { return false; }
    // Recipients of one header have one label (C2SP age v1): a post-quantum one beside an ordinary one would be worth no more than that.
    virtual std::string_view label() const noexcept { return {}; }
};

class X25519Recipient final : public Recipient {
public:
    static Result<X25519Recipient> parse(std::string_view text);  // "age1…"
    explicit X25519Recipient(std::span<const std::uint8_t, 32> point) noexcept;

    std::string text() const override;
    std::span<const std::uint8_t, 32> point() const noexcept { return point_; }
    Result<Stanza> wrap(const FileKey& file_key, Random& random) const override;

private:
    std::array<std::uint8_t, 32> point_{};
};

class ScryptRecipient final : public Recipient {
public:
    explicit ScryptRecipient(SecretBytes passphrase, unsigned log_n = 18) noexcept;
    Result<Stanza> wrap(const FileKey& file_key, Random& random) const override;  // 256 MiB and most of a second at log_n 18
    bool stands_alone() const noexcept override { return true; }

private:
    SecretBytes passphrase_;
    unsigned log_n_;
};

}  // namespace crypto::age
