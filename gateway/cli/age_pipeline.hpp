// Blocks of a stream, worked on by several threads at once and written in the order in which they were read. Chunks of an age payload
// are independent of each other, so sealing and opening grow with the processors; reading and writing stay one after the other.
#pragma once

#include "crypto/bytes.hpp"

#include <exception>
#include <functional>

namespace gateway::cli {

struct AgePipeline {
    struct Block {
        std::uint64_t number = 0;
        bool last = false;        // nothing follows; all blocks but the last are full
        crypto::ByteView bytes;
    };
    struct Done {
        std::size_t size = 0;               // of what was put into `out`; written in any case
        std::exception_ptr failure = {};    // and this is thrown then
    };
    using Work = std::function<Done(const Block& block, std::span<std::uint8_t> out)>;

    std::size_t block_size = 0;
    std::size_t out_size = 0;                                      // the most that Work makes of a block
    std::function<std::size_t(std::span<std::uint8_t> out)> read;  // fills `out`, but for the end; one thread at a time
    std::function<Work()> worker;                                  // called once by each thread, for what it must not share
    std::function<void(crypto::ByteView bytes)> write;             // one thread at a time, in order

    // Returns when everything is written, or throws what went wrong first, in the order of the stream. A stream of one block is worked on
    // by the caller alone. Memory: two blocks a thread, and one.
    void run();
};

}  // namespace gateway::cli
