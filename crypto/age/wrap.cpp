#include "crypto/age/wrap.hpp"

#include "crypto/digest.hpp"
#include "crypto/ensure.hpp"

#include <openssl/evp.h>
#include <sodium.h>

#include <new>

namespace crypto::age {

Bytes wrap_file_key(const Secret<32>& wrapping_key, const FileKey& file_key) {
    constexpr std::array<std::uint8_t, crypto_aead_chacha20poly1305_IETF_NPUBBYTES> nonce{};
    Bytes wrapped(wrapped_size);
    const auto key = file_key.expose();
    crypto_aead_chacha20poly1305_ietf_encrypt(
        wrapped.data(),
        nullptr,
        key.data(),
        key.size(),
        nullptr,
        0,
        nullptr,
        nonce.data(),
        wrapping_key.expose().data()
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

}  // namespace crypto::age
