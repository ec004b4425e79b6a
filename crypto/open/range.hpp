// Any part of a payload, without what stands before it: like pread(2), over bytes that can be read at any place (a file, an object store).
// The last chunk is opened first, as C2SP age v1 asks of whoever seeks from the end: a payload that was cut is refused before a byte is
// given out. Keeps one chunk. One thread.
#pragma once

#include "crypto/open/open.hpp"

namespace crypto::open {

class RangeReader {
public:
    // Fills all of `out` with the payload's bytes from `offset` on; 0 is the nonce's first.
    using ReadAt = std::function<Result<void>(std::uint64_t offset, std::span<std::uint8_t> out)>;

    // Errc::payload for a size no content has, or a last chunk that is none; errors of `read` as they are.
    static Result<RangeReader> start(const age::FileKey& file_key, std::uint64_t payload_size, ReadAt read);
    ~RangeReader();
    RangeReader(RangeReader&&) noexcept;

    std::uint64_t size() const noexcept;  // of the content

    // How much of `out` was filled: all of it, but for the end of the content. Errc::payload when a chunk was changed; `out` counts for
    // nothing then.
    Result<std::size_t> read_at(std::uint64_t offset, std::span<std::uint8_t> out);

private:
    struct State;
    explicit RangeReader(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

}  // namespace crypto::open
