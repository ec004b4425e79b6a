// age file in, plaintext out, in constant memory. Only authenticated bytes reach the sink; the last chunk must be there.
#pragma once

#include "crypto/age/seal.hpp"
#include "crypto/open/identity.hpp"

#include <optional>

namespace crypto::open {

Result<age::FileKey> open_header(const age::Header& header, std::span<const Identity* const> identities);  // checks the MAC

using PayloadNonce = std::span<const std::uint8_t, age::payload_nonce>;

// Chunks one at a time and in any order: for threads that share a payload, and for parts of one. One object a thread.
class ChunkOpener {
public:
    ChunkOpener(const age::FileKey& file_key, PayloadNonce nonce);
    ~ChunkOpener();
    ChunkOpener(ChunkOpener&&) noexcept;

    // `sealed` has 16 to chunk_sealed bytes, `plain` room for 16 less. False: not authentic, and what is in `plain` counts for nothing.
    bool open(std::uint64_t index, age::ChunkSealer::Position position, ByteView sealed, std::uint8_t* plain);

private:
    struct State;
    std::unique_ptr<State> state_;
};

// The payload alone (nonce and chunks), when the header was opened elsewhere; or the chunks alone from the one numbered `index` on.
class PayloadOpener {
public:
    PayloadOpener(const age::FileKey& file_key, age::Sink sink);
    PayloadOpener(const age::FileKey& file_key, PayloadNonce nonce, std::uint64_t index, age::Sink sink);
    ~PayloadOpener();
    PayloadOpener(PayloadOpener&&) noexcept;

    Result<void> update(ByteView sealed);
    Result<void> finish();

private:
    struct State;
    std::unique_ptr<State> state_;
};

// Header and payload in one stream.
class Decryptor {
public:
    Decryptor(std::vector<const Identity*> identities, age::Sink sink);

    Result<void> update(ByteView bytes);
    Result<void> finish();

private:
    std::vector<const Identity*> identities_;
    age::Sink sink_;
    age::HeaderParser parser_;
    std::optional<PayloadOpener> payload_;
};

Result<SecretBytes> decrypt(std::span<const Identity* const> identities, ByteView file);  // small things, in memory (≤ 1 MiB)

// A new header for the same payload: opened with `by`, sealed to `to`. The payload's bytes stay as they are.
Result<std::string>
rewrap(const age::Header& header, std::span<const Identity* const> by, std::span<const age::Recipient* const> to, Random& random);

}  // namespace crypto::open
