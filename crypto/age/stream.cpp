#include "crypto/age/stream.hpp"

#include "crypto/age/chunk_cipher.hpp"
#include "crypto/digest.hpp"
#include "crypto/ensure.hpp"
#include "crypto/errors.hpp"

#include <openssl/evp.h>

#include <new>

namespace crypto::age {

std::uint64_t payload_size(std::uint64_t plain) {
    const std::uint64_t chunks = plain == 0 ? 1 : (plain - 1) / chunk_plain + 1;
    return payload_nonce + plain + chunks * chunk_tag;
}

Result<std::uint64_t> plain_size(std::uint64_t payload) {
    if (payload < payload_nonce + chunk_tag) {
        return Errc::payload;
    }
    const std::uint64_t sealed = payload - payload_nonce;
    const std::uint64_t last = sealed % chunk_sealed;
    // A last chunk of a tag alone is an empty chunk, which only an empty file may have.
    if (last != 0 && last <= chunk_tag && sealed != chunk_tag) {
        return Errc::payload;
    }
    const std::uint64_t chunks = (sealed - 1) / chunk_sealed + 1;
    return sealed - chunks * chunk_tag;
}

void FreeCipher::operator()(EVP_CIPHER_CTX* cipher) const noexcept {
    EVP_CIPHER_CTX_free(cipher);
}

Cipher chunk_cipher(const FileKey& file_key, std::span<const std::uint8_t, payload_nonce> nonce, CipherDirection direction) {
    static const EVP_CIPHER* const method = EVP_CIPHER_fetch(nullptr, "ChaCha20-Poly1305", nullptr);
    Secret<32> key;
    hkdf_sha256(file_key.expose(), nonce, "payload", key.expose_writable());
    Cipher cipher(EVP_CIPHER_CTX_new());
    if (!cipher) {
        throw std::bad_alloc();
    }
    const int encrypt = direction == CipherDirection::seal ? 1 : 0;
    const int done = EVP_CipherInit_ex2(cipher.get(), method, key.expose().data(), nullptr, encrypt, nullptr);
    ensure(method != nullptr && done == 1, "OpenSSL has ChaCha20-Poly1305");
    return cipher;
}

// C2SP age v1, "Payload": eleven bytes of counter, big-endian, then 1 on the last chunk.
std::array<std::uint8_t, 12> chunk_nonce(std::uint64_t index, bool last) {
    std::array<std::uint8_t, 12> nonce{};
    for (std::size_t i = 0; i < sizeof(index); ++i) {
        nonce[10 - i] = static_cast<std::uint8_t>(index >> (8 * i));
    }
    nonce[11] = last ? 1 : 0;
    return nonce;
}

struct ChunkSealer::State {
    Cipher cipher;
};

ChunkSealer::ChunkSealer(const FileKey& file_key, std::span<const std::uint8_t, payload_nonce> nonce)
    : state_(std::make_unique<State>(chunk_cipher(file_key, nonce, CipherDirection::seal))) {}

ChunkSealer::~ChunkSealer() = default;
ChunkSealer::ChunkSealer(ChunkSealer&&) noexcept = default;

void ChunkSealer::seal(std::uint64_t index, Position position, ByteView plain, std::uint8_t* out) {
    ensure(plain.size() <= chunk_plain, "a chunk holds 64 KiB");
    EVP_CIPHER_CTX* const cipher = state_->cipher.get();
    const auto nonce = chunk_nonce(index, position == Position::last);
    static const std::uint8_t nothing = 0;
    const std::uint8_t* const from = plain.empty() ? &nothing : plain.data();
    int size = 0;
    bool good = EVP_EncryptInit_ex2(cipher, nullptr, nullptr, nonce.data(), nullptr) == 1;  // the key stays
    good = good && EVP_EncryptUpdate(cipher, out, &size, from, static_cast<int>(plain.size())) == 1;
    good = good && EVP_EncryptFinal_ex(cipher, out + plain.size(), &size) == 1;
    good = good && EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_AEAD_GET_TAG, chunk_tag, out + plain.size()) == 1;
    ensure(good, "ChaCha20-Poly1305 seals a chunk");
}

}  // namespace crypto::age
