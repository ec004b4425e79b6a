#include "crypto/age/recipient.hpp"

#include "crypto/age/wrap.hpp"
#include "crypto/encoding.hpp"
#include "crypto/errors.hpp"

#include <sodium.h>

namespace crypto::age {

Result<X25519Recipient> X25519Recipient::parse(std::string_view text) {
    if (!text.starts_with("age1")) {
        return Errc::format;
    }
    const auto decoded = from_bech32(text);
    if (!decoded) {
        return decoded.error();
    }
    if (decoded->prefix != "age" || decoded->bytes.size() != 32) {
        return Errc::format;
    }
    return X25519Recipient(std::span<const std::uint8_t, 32>(decoded->bytes.data(), 32));
}

X25519Recipient::X25519Recipient(std::span<const std::uint8_t, 32> point) noexcept {
    std::copy(point.begin(), point.end(), point_.begin());
}

std::string X25519Recipient::text() const {
    return to_bech32("age", point_);
}

Result<Stanza> X25519Recipient::wrap(const FileKey& file_key, Random& random) const {
    const Secret<32> ephemeral = random.secret<32>();
    std::array<std::uint8_t, 32> share;
    Secret<32> shared;
    // libsodium refuses a result of zeros: the recipient would be a point of low order, to which anybody could open.
    if (crypto_scalarmult_base(share.data(), ephemeral.expose().data()) != 0 ||
        crypto_scalarmult(shared.expose_writable().data(), ephemeral.expose().data(), point_.data()) != 0) {
        return Errc::format;
    }
    Stanza stanza;
    stanza.type = x25519_type;
    stanza.arguments = {to_base64_raw(share)};
    stanza.body = wrap_file_key(x25519_wrapping_key(shared, {share, point_}), file_key);
    return stanza;
}

ScryptRecipient::ScryptRecipient(SecretBytes passphrase, unsigned log_n) noexcept : passphrase_(std::move(passphrase)), log_n_(log_n) {}

Result<Stanza> ScryptRecipient::wrap(const FileKey& file_key, Random& random) const {
    const auto salt = random.bytes<16>();
    Stanza stanza;
    stanza.type = scrypt_type;
    stanza.arguments = {to_base64_raw(salt), std::to_string(log_n_)};
    stanza.body = wrap_file_key(scrypt_wrapping_key(passphrase_, {log_n_}, salt), file_key);
    return stanza;
}

}  // namespace crypto::age
