// Checks of our own promises. They stay on in release and stop the process: for programmer errors, never for input.
#pragma once

#include <cstdio>
#include <cstdlib>

namespace crypto {

inline void ensure(bool promise, const char* why) noexcept {
    if (!promise) {
        std::fprintf(stderr, "sluis: broken promise: %s\n", why);
        std::abort();
    }
}

}  // namespace crypto
