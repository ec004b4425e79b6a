#include "crypto/age/recipient.hpp"

#include "crypto/age/wrap.hpp"
#include "crypto/digest.hpp"
#include "crypto/encoding.hpp"
#include "crypto/ensure.hpp"
#include "crypto/errors.hpp"

#include <openssl/evp.h>
#include <sodium.h>

#include <new>

namespace crypto::age {

Bytes wrap_file_key(const Secret<32>& wrapping_key, const FileKey& file_key, const WrapNonce& nonce) {
    Bytes wrapped(wrapped_size);
    const auto key = file_key.expose();
    crypto_aead_chacha20poly1305_ietf_encrypt(
        wrapped.data(), nullptr, key.data(), key.size(), nullptr, 0, nullptr, nonce.data(), wrapping_key.expose().data()
    );
    return wrapped;
}

Secret<32> x25519_wrapping_key(const Secret<32>& shared, X25519Pair pair) {
    std::array<std::uint8_t, 64> salt;
    const auto rest = std::copy(pair.share.begin(), pair.share.end(), salt.begin());
    std::copy(pair.recipient.begin(), pair.recipient.end(), rest);
    Secret<32> key;
    hkdf_sha256(shared.expose(), salt, x25519_label, key.expose_writable());
    return key;
}

Secret<32> scrypt_wrapping_key(const SecretBytes& passphrase, ScryptCost cost, ByteView salt) {
    ensure(cost.log_n >= 1 && cost.log_n <= 30, "the work factor was checked");
    Bytes full_salt;
    const ByteView label = as_bytes("age-encryption.org/v1/scrypt");
    full_salt.insert(full_salt.end(), label.begin(), label.end());
    full_salt.insert(full_salt.end(), salt.begin(), salt.end());
    const std::uint64_t n = std::uint64_t{1} << cost.log_n;
    const std::uint64_t memory = 128 * 8 * (n + 2) + 1024 * 1024;  // OpenSSL stops at 32 MiB unless told otherwise
    Secret<32> key;
    const int done = EVP_PBE_scrypt(
        passphrase.empty() ? "" : passphrase.expose_text().data(),
        passphrase.size(),
        full_salt.data(),
        full_salt.size(),
        n,
        8,
        1,
        memory,
        key.expose_writable().data(),
        key.expose().size()
    );
    if (done != 1) {
        throw std::bad_alloc();  // with these numbers, only memory can be wanting
    }
    return key;
}

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
