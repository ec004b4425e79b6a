#include "crypto/secret.hpp"

#include <sodium.h>

#include <sys/prctl.h>
#include <sys/resource.h>

#include <cerrno>
#include <new>
#include <system_error>
#include <utility>

namespace crypto {

SecretBytes::SecretBytes(std::size_t size) : size_(size) {
    if (size == 0) {
        return;
    }
    // sodium_malloc needs the library's start-up; where it already ran, this is one lock.
    if (sodium_init() < 0) {
        throw std::bad_alloc();
    }
    bytes_.reset(static_cast<std::uint8_t*>(sodium_malloc(size)));
    // sodium_malloc goes on silently when the pages cannot be locked; asking again tells us (mlock does not nest).
    if (!bytes_ || sodium_mlock(bytes_.get(), size) != 0) {
        throw std::bad_alloc();
    }
    sodium_memzero(bytes_.get(), size);
}

SecretBytes::SecretBytes(SecretBytes&& other) noexcept : bytes_(std::move(other.bytes_)), size_(std::exchange(other.size_, 0)) {}

SecretBytes& SecretBytes::operator=(SecretBytes&& other) noexcept {
    bytes_ = std::move(other.bytes_);
    size_ = std::exchange(other.size_, 0);
    return *this;
}

SecretBytes SecretBytes::copy_of(ByteView bytes) {
    SecretBytes secret(bytes.size());
    std::copy(bytes.begin(), bytes.end(), secret.expose_writable().begin());
    return secret;
}

bool operator==(const SecretBytes& left, const SecretBytes& right) noexcept {
    return equal_in_constant_time(left.expose(), right.expose());
}

void SecretBytes::Wipe::operator()(std::uint8_t* bytes) const noexcept {
    sodium_free(bytes);  // checks the canary, wipes, unlocks
}

bool equal_in_constant_time(ByteView left, ByteView right) noexcept {
    return left.size() == right.size() && (left.empty() || sodium_memcmp(left.data(), right.data(), left.size()) == 0);
}

void wipe(std::span<std::uint8_t> bytes) noexcept {
    if (!bytes.empty()) {
        sodium_memzero(bytes.data(), bytes.size());
    }
}

void start_secret_memory() {
    if (sodium_init() < 0) {
        throw std::runtime_error("libsodium does not start");
    }
    const rlimit none{0, 0};
    if (setrlimit(RLIMIT_CORE, &none) != 0 || prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0) {
        throw std::system_error(errno, std::generic_category(), "core dumps cannot be switched off");
    }
}

}  // namespace crypto
