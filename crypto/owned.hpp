// Owners of objects that a C library makes and frees. `made` throws std::bad_alloc when it made none.
#pragma once

#include <new>

namespace crypto {

template <auto Free>
struct FreeWith {
    void operator()(auto* object) const noexcept { Free(object); }
};

template <class Pointer>
Pointer made(Pointer pointer) {
    if (!pointer) {
        throw std::bad_alloc();
    }
    return pointer;
}

}  // namespace crypto
