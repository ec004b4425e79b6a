#include "crypto/checksum.hpp"

#include "crypto/ensure.hpp"

#include <openssl/evp.h>

#include <new>

namespace crypto {
namespace {

const EVP_MD* method_of(ChecksumAlgorithm algorithm) noexcept {
    switch (algorithm) {
    case ChecksumAlgorithm::sha1:
        return EVP_sha1();
    case ChecksumAlgorithm::sha512:
        return EVP_sha512();
    case ChecksumAlgorithm::sha256:
        break;
    }
    return EVP_sha256();
}

struct FreeContext {
    void operator()(EVP_MD_CTX* context) const noexcept { EVP_MD_CTX_free(context); }
};

}  // namespace

std::size_t checksum_bytes(ChecksumAlgorithm algorithm) noexcept {
    return static_cast<std::size_t>(EVP_MD_get_size(method_of(algorithm)));
}

struct Checksum::State {
    std::unique_ptr<EVP_MD_CTX, FreeContext> context{EVP_MD_CTX_new()};
};

Checksum::Checksum(ChecksumAlgorithm algorithm) : state_(std::make_unique<State>()) {
    if (!state_->context) {
        throw std::bad_alloc();
    }
    ensure(EVP_DigestInit_ex2(state_->context.get(), method_of(algorithm), nullptr) == 1, "a hash starts");
}

Checksum::~Checksum() = default;
Checksum::Checksum(Checksum&&) noexcept = default;
Checksum& Checksum::operator=(Checksum&&) noexcept = default;

Checksum& Checksum::update(ByteView bytes) {
    ensure(EVP_DigestUpdate(state_->context.get(), bytes.data(), bytes.size()) == 1, "a hash takes bytes");
    return *this;
}

Bytes Checksum::finish() {
    Bytes hash(EVP_MAX_MD_SIZE);
    unsigned int size = 0;
    ensure(EVP_DigestFinal_ex(state_->context.get(), hash.data(), &size) == 1, "a hash ends");
    hash.resize(size);
    return hash;
}

}  // namespace crypto
