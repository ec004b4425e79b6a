// A part of a body on its way to the disk: memory is taken when bytes are there, and as the body is small, no more than it needs.
#pragma once

#include "gateway/edge/limits.hpp"
#include "gateway/http/exchange.hpp"

#include <algorithm>
#include <memory>

namespace gateway::edge {

struct Piece {
    std::unique_ptr<std::uint8_t[]> bytes;
    std::size_t capacity = 0;
    std::size_t size = 0;

    bool full() const noexcept { return size == capacity; }

    // All that is here by now and fits; the number of bytes.
    std::size_t read_now(http::Exchange& exchange) {
        if (!bytes) {
            capacity = static_cast<std::size_t>(std::min<std::uint64_t>(limits::piece_bytes, exchange.body_left()));
            bytes = std::make_unique_for_overwrite<std::uint8_t[]>(capacity);
        }
        const auto before = size;
        while (!full()) {
            const auto got = exchange.read_now({bytes.get() + size, capacity - size});
            if (got == 0) {
                break;
            }
            size += got;
        }
        return size - before;
    }
};

}  // namespace gateway::edge
