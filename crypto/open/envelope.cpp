#include "crypto/open/envelope.hpp"

#include "crypto/errors.hpp"

#include <openssl/evp.h>

namespace crypto::open {

namespace {

constexpr std::size_t envelope_max = 64U * 1024 * 1024;  // far above any, and below what an int counts

}  // namespace

Result<Bytes> open_envelope(const Secret<32>& envelope_key, EnvelopeContext context, ByteView envelope) {
    if (envelope.size() < envelope_nonce + envelope_tag || envelope.size() > envelope_max) {
        return Errc::seal;
    }
    struct Free {
        void operator()(EVP_CIPHER_CTX* cipher) const noexcept { EVP_CIPHER_CTX_free(cipher); }
    };
    const std::unique_ptr<EVP_CIPHER_CTX, Free> cipher(EVP_CIPHER_CTX_new());
    const Bytes associated = associated_bytes(context);
    const ByteView nonce = envelope.first(envelope_nonce);
    const ByteView sealed = envelope.subspan(envelope_nonce, envelope.size() - envelope_nonce - envelope_tag);
    std::array<std::uint8_t, envelope_tag> tag{};
    std::copy(envelope.end() - envelope_tag, envelope.end(), tag.begin());

    Bytes plaintext(sealed.size() + 1);  // one more, so that an empty text has an address
    int size = 0;
    bool good = cipher && EVP_DecryptInit_ex2(cipher.get(), EVP_aes_256_gcm(), envelope_key.expose().data(), nonce.data(), nullptr) == 1;
    good = good && EVP_DecryptUpdate(cipher.get(), nullptr, &size, associated.data(), static_cast<int>(associated.size())) == 1;
    good = good && EVP_DecryptUpdate(cipher.get(), plaintext.data(), &size, sealed.data(), static_cast<int>(sealed.size())) == 1;
    good = good && EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_AEAD_SET_TAG, envelope_tag, tag.data()) == 1;
    good = good && EVP_DecryptFinal_ex(cipher.get(), plaintext.data() + sealed.size(), &size) == 1;
    if (!good) {
        wipe(plaintext);
        return Errc::seal;
    }
    plaintext.pop_back();
    return plaintext;
}

}  // namespace crypto::open
