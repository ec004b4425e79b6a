#include "gateway/wiped_memory.hpp"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <malloc.h>
#include <new>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SLUIS_SANITIZED
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SLUIS_SANITIZED
#endif
#endif

namespace gateway {

void wiped_free(void* block) noexcept {
    if (block != nullptr) {
        explicit_bzero(block, malloc_usable_size(block));
        std::free(block);
    }
}

void* wiped_realloc(void* block, std::size_t size) noexcept {
    void* const fresh = std::malloc(std::max<std::size_t>(size, 1));
    if (fresh != nullptr && block != nullptr) {
        std::memcpy(fresh, block, std::min(size, malloc_usable_size(block)));
        wiped_free(block);
    }
    return fresh;
}

}  // namespace gateway

#ifndef SLUIS_SANITIZED

namespace {

// What [new.delete.single] asks of an allocation function: try, let the handler make room, give up.
template <class Allocate>
void* allocated(Allocate allocate) {
    for (;;) {
        if (void* const block = allocate()) {
            return block;
        }
        const std::new_handler handler = std::get_new_handler();
        if (handler == nullptr) {
            throw std::bad_alloc();
        }
        handler();
    }
}

}  // namespace

// The forms for arrays, for sizes and without exceptions come down to these.
void* operator new(std::size_t size) {
    return allocated([size] { return std::malloc(std::max<std::size_t>(size, 1)); });
}

void* operator new(std::size_t size, std::align_val_t alignment) {
    const auto align = std::max(static_cast<std::size_t>(alignment), sizeof(void*));
    return allocated([size, align] {
        void* block = nullptr;
        return ::posix_memalign(&block, align, std::max<std::size_t>(size, 1)) == 0 ? block : nullptr;
    });
}

void operator delete(void* block) noexcept {
    gateway::wiped_free(block);
}
void operator delete(void* block, std::size_t) noexcept {
    gateway::wiped_free(block);
}
void operator delete(void* block, std::align_val_t) noexcept {
    gateway::wiped_free(block);
}
void operator delete(void* block, std::size_t, std::align_val_t) noexcept {
    gateway::wiped_free(block);
}

#endif
