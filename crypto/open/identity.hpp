// Who can open age files. Only core and the command line link this folder; the edge cannot.
// unwrap: a file key, or Errc::no_match when none of the stanzas is for this identity, or Errc::header for a share of low order. The
// stanzas are those of a header that passed age::inspect; open_header sees to that.
#pragma once

#include "crypto/age/recipient.hpp"

namespace crypto::open {

class Identity {
public:
    virtual ~Identity() = default;
    virtual Result<age::FileKey> unwrap(std::span<const age::Stanza> stanzas) const = 0;
};

// One with a text form and a recipient of its own.
class KeyIdentity : public Identity {
public:
    virtual SecretBytes text() const = 0;
    virtual const age::Recipient& recipient() const noexcept = 0;
};

class X25519Identity final : public KeyIdentity {
public:
    static X25519Identity generate(Random& random);
    static Result<X25519Identity> parse(std::string_view text);  // "AGE-SECRET-KEY-1…"
    explicit X25519Identity(Secret<32> scalar);

    SecretBytes text() const override;
    const age::X25519Recipient& recipient() const noexcept override { return recipient_; }
    Result<age::FileKey> unwrap(std::span<const age::Stanza> stanzas) const override;

private:
    Secret<32> scalar_;
    age::X25519Recipient recipient_;
};

class ScryptIdentity final : public Identity {
public:
    explicit ScryptIdentity(SecretBytes passphrase, unsigned log_n_max = 18) noexcept;
    Result<age::FileKey> unwrap(std::span<const age::Stanza> stanzas) const override;  // Errc::limit above log_n_max

private:
    SecretBytes passphrase_;
    unsigned log_n_max_;
};

// Identity files: one "AGE-SECRET-KEY-1…" a line, '#' comments. Errc::format with no identity in it. (Of either kind: hybrid.hpp.)
Result<std::vector<X25519Identity>> parse_identity_file(std::string_view text);

}  // namespace crypto::open
