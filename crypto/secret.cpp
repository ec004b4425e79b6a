#include "crypto/secret.hpp"

#include <sodium.h>

#include <sys/prctl.h>
#include <sys/resource.h>

#include <array>
#include <cerrno>
#include <mutex>
#include <new>
#include <system_error>
#include <utility>

namespace crypto {

namespace {

// Wiped regions, locked and guarded as they were, for the next secret of exactly their size: then its end lies at the guard page again.
class KeptRegions {
public:
    static constexpr std::size_t size_max = 512;

    std::uint8_t* take(std::size_t size) noexcept {
        const std::lock_guard lock(mutex_);
        for (std::size_t at = count_; at-- > 0;) {
            if (kept_[at].size == size) {
                return std::exchange(kept_[at], kept_[--count_]).bytes;
            }
        }
        return nullptr;
    }

    bool keep(std::uint8_t* bytes, std::size_t size) noexcept {
        const std::lock_guard lock(mutex_);
        if (size > size_max || count_ == kept_.size()) {
            return false;
        }
        kept_[count_++] = {bytes, size};
        return true;
    }

private:
    struct Region {
        std::uint8_t* bytes = nullptr;
        std::size_t size = 0;
    };
    std::mutex mutex_;
    std::array<Region, 64> kept_;  // 256 KiB of what may be locked; an ordinary user has 8 MiB
    std::size_t count_ = 0;
};

constinit KeptRegions kept_regions;

std::uint8_t* new_region(std::size_t size) {
    // sodium_malloc needs the library's start-up; where it already ran, this is one lock.
    if (sodium_init() < 0) {
        throw std::bad_alloc();
    }
    auto* const bytes = static_cast<std::uint8_t*>(sodium_malloc(size));
    // sodium_malloc goes on silently when the pages cannot be locked; asking again tells us (mlock does not nest).
    if (bytes == nullptr || sodium_mlock(bytes, size) != 0) {
        sodium_free(bytes);
        throw std::bad_alloc();
    }
    sodium_memzero(bytes, size);
    return bytes;
}

}  // namespace

SecretBytes::SecretBytes(std::size_t size) : bytes_(nullptr, Wipe{size}) {
    if (size != 0) {
        std::uint8_t* const kept = kept_regions.take(size);
        bytes_.reset(kept != nullptr ? kept : new_region(size));
    }
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
    sodium_memzero(bytes, size);
    if (!kept_regions.keep(bytes, size)) {
        sodium_free(bytes);  // checks the canary, unlocks
    }
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
