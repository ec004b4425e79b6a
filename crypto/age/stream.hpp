// The payload of an age file: 16-byte nonce, then 64 KiB chunks under ChaCha20-Poly1305, the last one flagged (STREAM).
// Sizes are arithmetic: a file cut short or padded can often be refused by its length alone.
#pragma once

#include "crypto/age/header.hpp"

#include <memory>

namespace crypto::age {

constexpr std::size_t chunk_plain = 64 * 1024;
constexpr std::size_t chunk_sealed = chunk_plain + 16;
constexpr std::size_t payload_nonce = 16;

std::uint64_t payload_size(std::uint64_t plain);                 // nonce and chunks; 0 bytes still make one empty chunk
Result<std::uint64_t> plain_size(std::uint64_t payload);         // Errc::payload when no plaintext has this size

// One key, one direction of counting. Thread-confined; no allocation after construction.
class ChunkSealer {
public:
    ChunkSealer(const FileKey& file_key, std::span<const std::uint8_t, payload_nonce> nonce);
    ~ChunkSealer();
    ChunkSealer(ChunkSealer&&) noexcept;

    enum class Position { inner, last };
    // `out` has room for plain.size() + 16. At most chunk_plain bytes.
    void seal(std::uint64_t index, Position position, ByteView plain, std::uint8_t* out);

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace crypto::age
