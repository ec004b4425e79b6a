#include "crypto/random.hpp"

#include <sodium.h>

namespace crypto {

void SystemRandom::fill(std::span<std::uint8_t> bytes) {
    randombytes_buf(bytes.data(), bytes.size());
}

}  // namespace crypto
