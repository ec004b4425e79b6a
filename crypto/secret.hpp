// Secret bytes: locked in memory behind guard pages (libsodium's sodium_malloc), wiped when they go, movable, never copied, never
// printed; compared in constant time. Not for bulk data: each one costs a page. Any thread; one owner at a time. A few wiped pages are kept
// for the next secrets of their size, since locking and guarding one takes a dozen system calls: they stay readable meanwhile, and what was
// written before the first byte of one is noticed (libsodium's canary) when it is given back at last.
#pragma once

#include "crypto/bytes.hpp"

#include <algorithm>
#include <cstddef>
#include <memory>
#include <string_view>

namespace crypto {

class SecretBytes {
public:
    SecretBytes() noexcept = default;
    explicit SecretBytes(std::size_t size);  // zeroed; throws std::bad_alloc when memory cannot be locked
    SecretBytes(SecretBytes&& other) noexcept = default;  // leaves `other` empty
    SecretBytes& operator=(SecretBytes&& other) noexcept = default;
    SecretBytes(const SecretBytes&) = delete;
    SecretBytes& operator=(const SecretBytes&) = delete;
    ~SecretBytes() = default;

    static SecretBytes copy_of(ByteView bytes);  // the caller wipes the original

    std::size_t size() const noexcept { return bytes_ ? bytes_.get_deleter().size : 0; }
    bool empty() const noexcept { return size() == 0; }
    ByteView expose() const noexcept { return {bytes_.get(), size()}; }
    std::span<std::uint8_t> expose_writable() noexcept { return {bytes_.get(), size()}; }
    std::string_view expose_text() const noexcept { return as_text(expose()); }

    friend bool operator==(const SecretBytes& left, const SecretBytes& right) noexcept;

private:
    struct Wipe {
        Wipe() noexcept : size(0) {}
        explicit Wipe(std::size_t bytes) noexcept : size(bytes) {}
        std::size_t size;
        void operator()(std::uint8_t* bytes) const noexcept;
    };
    std::unique_ptr<std::uint8_t[], Wipe> bytes_;
};

// A secret of N bytes; N is part of the type, so a 16-byte file key never goes where a 32-byte key belongs.
template <std::size_t N>
class Secret {
public:
    Secret() : bytes_(N) {}

    static Secret copy_of(std::span<const std::uint8_t, N> bytes) {
        Secret secret;
        std::copy(bytes.begin(), bytes.end(), secret.expose_writable().begin());
        return secret;
    }

    std::span<const std::uint8_t, N> expose() const noexcept { return std::span<const std::uint8_t, N>(bytes_.expose().data(), N); }
    std::span<std::uint8_t, N> expose_writable() noexcept { return std::span<std::uint8_t, N>(bytes_.expose_writable().data(), N); }

    friend bool operator==(const Secret& left, const Secret& right) noexcept { return left.bytes_ == right.bytes_; }

private:
    SecretBytes bytes_;
};

bool equal_in_constant_time(ByteView left, ByteView right) noexcept;  // sizes are not secret
void wipe(std::span<std::uint8_t> bytes) noexcept;

// Once, at the start of each program, before any secret: initialises libsodium, switches core dumps off (RLIMIT_CORE, PR_SET_DUMPABLE).
void start_secret_memory();

}  // namespace crypto
