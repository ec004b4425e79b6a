// Randomness is passed in, so that tests can replay a run. SystemRandom is the only caller of the operating system's generator.
#pragma once

#include "crypto/secret.hpp"

#include <array>

namespace crypto {

class Random {
public:
    virtual ~Random() = default;
    virtual void fill(std::span<std::uint8_t> bytes) = 0;

    template <std::size_t N>
    Secret<N> secret() {
        Secret<N> value;
        fill(value.expose_writable());
        return value;
    }

    template <std::size_t N>
    std::array<std::uint8_t, N> bytes() {
        std::array<std::uint8_t, N> value;
        fill(value);
        return value;
    }
};

class SystemRandom final : public Random {
public:
    void fill(std::span<std::uint8_t> bytes) override;  // randombytes_buf; any thread
};

}  // namespace crypto
