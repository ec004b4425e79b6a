#include "crypto/open/identity.hpp"

#include "crypto/decimal.hpp"
#include "crypto/encoding.hpp"
#include "crypto/ensure.hpp"
#include "crypto/errors.hpp"
#include "crypto/open/unwrap.hpp"

#include <sodium.h>

namespace crypto::open {

namespace {

constexpr std::string_view secret_prefix = "age-secret-key-";

std::array<std::uint8_t, 32> point_of(const Secret<32>& scalar) {
    std::array<std::uint8_t, 32> point;
    ensure(crypto_scalarmult_base(point.data(), scalar.expose().data()) == 0, "X25519 of the base point");
    return point;
}

}  // namespace

X25519Identity X25519Identity::generate(Random& random) {
    return X25519Identity(random.secret<32>());
}

Result<X25519Identity> X25519Identity::parse(std::string_view text) {
    auto scalar = parse_secret(secret_prefix, text);
    return scalar ? Result<X25519Identity>(X25519Identity(std::move(*scalar))) : Result<X25519Identity>(scalar.error());
}

X25519Identity::X25519Identity(Secret<32> scalar) : scalar_(std::move(scalar)), recipient_(point_of(scalar_)) {}

SecretBytes X25519Identity::text() const {
    return format_secret(secret_prefix, scalar_);
}

Result<age::FileKey> X25519Identity::unwrap(std::span<const age::Stanza> stanzas) const {
    for (const age::Stanza& stanza : stanzas) {
        if (stanza.type != age::x25519_type) {
            continue;
        }
        const auto share = from_base64_raw(stanza.arguments.front());
        ensure(share && share->size() == 32, "the stanza was checked");
        Secret<32> shared;
        if (crypto_scalarmult(shared.expose_writable().data(), scalar_.expose().data(), share->data()) != 0) {
            return Errc::header;  // an all-zero shared secret: a point of low order
        }
        const auto key = age::x25519_wrapping_key(shared, {std::span<const std::uint8_t, 32>(share->data(), 32), recipient_.point()});
        auto file_key = unwrap_file_key(key, stanza.body);
        if (file_key) {
            return file_key;
        }
    }
    return Errc::no_match;
}

ScryptIdentity::ScryptIdentity(SecretBytes passphrase, unsigned log_n_max) noexcept
    : passphrase_(std::move(passphrase)), log_n_max_(log_n_max) {}

Result<age::FileKey> ScryptIdentity::unwrap(std::span<const age::Stanza> stanzas) const {
    if (stanzas.size() != 1 || stanzas.front().type != age::scrypt_type) {
        return Errc::no_match;
    }
    const age::Stanza& stanza = stanzas.front();
    const auto salt = from_base64_raw(stanza.arguments[0]);
    const auto log_n = parse_decimal(stanza.arguments[1]);
    if (!log_n || *log_n > log_n_max_) {
        return Errc::limit;  // a number too large for 64 bits is above every limit too
    }
    ensure(salt.has_value(), "the stanza was checked");
    return unwrap_file_key(age::scrypt_wrapping_key(passphrase_, {static_cast<unsigned>(*log_n)}, *salt), stanza.body);
}

Result<std::vector<X25519Identity>> parse_identity_file(std::string_view text) {
    std::vector<X25519Identity> identities;
    const auto read = each_key_line(text, [&identities](std::string_view line) -> Result<void> {
        auto identity = X25519Identity::parse(line);
        if (!identity) {
            return identity.error();
        }
        identities.push_back(std::move(*identity));
        return {};
    });
    return read ? Result<std::vector<X25519Identity>>(std::move(identities)) : Result<std::vector<X25519Identity>>(read.error());
}

}  // namespace crypto::open
