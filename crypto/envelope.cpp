#include "crypto/envelope.hpp"

#include "crypto/ensure.hpp"

#include <openssl/evp.h>

namespace crypto {

Bytes associated_bytes(EnvelopeContext context) {
    Bytes bytes(context.grant.begin(), context.grant.end());
    for (unsigned shift = 64; shift > 0; shift -= 8) {
        bytes.push_back(static_cast<std::uint8_t>(context.version >> (shift - 8)));
    }
    return bytes;
}

Bytes seal_envelope(const Secret<32>& envelope_key, EnvelopeContext context, ByteView plaintext, Random& random) {
    struct Free {
        void operator()(EVP_CIPHER_CTX* cipher) const noexcept { EVP_CIPHER_CTX_free(cipher); }
    };
    const std::unique_ptr<EVP_CIPHER_CTX, Free> cipher(EVP_CIPHER_CTX_new());
    const auto nonce = random.bytes<envelope_nonce>();
    const Bytes associated = associated_bytes(context);
    ensure(plaintext.size() <= 64U * 1024 * 1024, "envelopes are small");

    Bytes envelope(envelope_nonce + plaintext.size() + envelope_tag);
    std::copy(nonce.begin(), nonce.end(), envelope.begin());
    std::uint8_t* const sealed = envelope.data() + envelope_nonce;
    int size = 0;
    bool good = cipher && EVP_EncryptInit_ex2(cipher.get(), EVP_aes_256_gcm(), envelope_key.expose().data(), nonce.data(), nullptr) == 1;
    good = good && EVP_EncryptUpdate(cipher.get(), nullptr, &size, associated.data(), static_cast<int>(associated.size())) == 1;
    good = good && EVP_EncryptUpdate(cipher.get(), sealed, &size, plaintext.data(), static_cast<int>(plaintext.size())) == 1;
    good = good && EVP_EncryptFinal_ex(cipher.get(), sealed + plaintext.size(), &size) == 1;
    good = good && EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_AEAD_GET_TAG, envelope_tag, sealed + plaintext.size()) == 1;
    ensure(good, "AES-256-GCM seals");
    return envelope;
}

}  // namespace crypto
