#include "crypto/digest.hpp"

#include "crypto/encoding.hpp"
#include "crypto/ensure.hpp"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/kdf.h>
#include <openssl/params.h>

#include <new>

namespace crypto {

namespace {

// OpenSSL 3 looks an algorithm up by name for each use unless it is fetched once; hashing tree nodes is twice as fast this way.
const EVP_MD* sha256_method() {
    static const EVP_MD* const method = EVP_MD_fetch(nullptr, "SHA256", nullptr);
    ensure(method != nullptr, "OpenSSL has SHA-256");
    return method;
}

struct FreeDigestContext {
    void operator()(EVP_MD_CTX* context) const noexcept { EVP_MD_CTX_free(context); }
};
struct FreeKdfContext {
    void operator()(EVP_KDF_CTX* context) const noexcept { EVP_KDF_CTX_free(context); }
};

OSSL_PARAM octets(const char* name, ByteView bytes) {
    // OpenSSL's parameter type has no const; HKDF reads only. An empty octet string still needs an address.
    static std::uint8_t nothing = 0;
    std::uint8_t* data = bytes.empty() ? &nothing : const_cast<std::uint8_t*>(bytes.data());
    return OSSL_PARAM_construct_octet_string(name, data, bytes.size());
}

}  // namespace

std::string Digest::hex() const {
    return to_hex(bytes);
}

std::optional<Digest> Digest::from_hex(std::string_view text) {
    const auto decoded = crypto::from_hex(text);
    return decoded ? from_bytes(*decoded) : std::nullopt;
}

std::optional<Digest> Digest::from_bytes(ByteView bytes) {
    Digest digest;
    if (bytes.size() != digest.bytes.size()) {
        return std::nullopt;
    }
    std::copy(bytes.begin(), bytes.end(), digest.bytes.begin());
    return digest;
}

struct Sha256::State {
    std::unique_ptr<EVP_MD_CTX, FreeDigestContext> context{EVP_MD_CTX_new()};
};

Sha256::Sha256() : state_(std::make_unique<State>()) {
    if (!state_->context) {
        throw std::bad_alloc();
    }
    ensure(EVP_DigestInit_ex2(state_->context.get(), sha256_method(), nullptr) == 1, "SHA-256 starts");
}

Sha256::~Sha256() = default;
Sha256::Sha256(Sha256&&) noexcept = default;
Sha256& Sha256::operator=(Sha256&&) noexcept = default;

Sha256& Sha256::update(ByteView bytes) {
    ensure(EVP_DigestUpdate(state_->context.get(), bytes.data(), bytes.size()) == 1, "SHA-256 takes bytes");
    return *this;
}

Digest Sha256::finish() {
    Digest digest;
    ensure(EVP_DigestFinal_ex(state_->context.get(), digest.bytes.data(), nullptr) == 1, "SHA-256 ends, once");
    return digest;
}

Digest sha256(ByteView bytes) {
    Digest digest;
    const int done = EVP_Digest(bytes.data(), bytes.size(), digest.bytes.data(), nullptr, sha256_method(), nullptr);
    ensure(done == 1, "SHA-256 of memory");
    return digest;
}

Digest hmac_sha256(ByteView key, ByteView message) {
    ensure(key.size() <= 1024, "HMAC keys are short");
    static const std::uint8_t nothing = 0;  // a null key would mean "the key used before"
    Digest digest;
    unsigned size = 0;
    const auto* done = HMAC(
        sha256_method(),
        key.empty() ? &nothing : key.data(),
        static_cast<int>(key.size()),
        message.data(),
        message.size(),
        digest.bytes.data(),
        &size
    );
    ensure(done != nullptr && size == digest.bytes.size(), "HMAC-SHA-256 of memory");
    return digest;
}

void hkdf_sha256(ByteView key, ByteView salt, std::string_view label, std::span<std::uint8_t> out) {
    static EVP_KDF* const method = EVP_KDF_fetch(nullptr, "HKDF", nullptr);
    ensure(method != nullptr, "OpenSSL has HKDF");
    const std::unique_ptr<EVP_KDF_CTX, FreeKdfContext> context(EVP_KDF_CTX_new(method));
    if (!context) {
        throw std::bad_alloc();
    }
    std::array<char, 7> hash{"SHA256"};
    const std::array<OSSL_PARAM, 5> parameters{
        OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, hash.data(), 0),
        octets(OSSL_KDF_PARAM_KEY, key),
        octets(OSSL_KDF_PARAM_SALT, salt),
        octets(OSSL_KDF_PARAM_INFO, as_bytes(label)),
        OSSL_PARAM_construct_end(),
    };
    ensure(EVP_KDF_derive(context.get(), out.data(), out.size(), parameters.data()) == 1, "HKDF-SHA-256 gives at most 8160 bytes");
}

std::string openssl_version() {
    return OpenSSL_version(OPENSSL_VERSION_STRING);
}

}  // namespace crypto
