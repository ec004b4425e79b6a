// Plaintext in, age file out, in constant memory. A file key is made for one file and never used for another.
#pragma once

#include "crypto/age/recipient.hpp"
#include "crypto/age/stream.hpp"

#include <functional>

namespace crypto::age {

// A header for `file_key`. Errors: format without recipients, with duplicates, with ordinary and
// post-quantum ones together, or a passphrase beside others.
Result<std::string> seal_header(const FileKey& file_key, std::span<const Recipient* const> recipients, Random& random);

// A new file's beginning, and what its chunks are sealed with: for those who seal them on several threads. Everybody else: Encryptor.
struct FileStart {
    Bytes beginning;  // header and nonce
    FileKey file_key;
    std::array<std::uint8_t, payload_nonce> nonce{};
};
Result<FileStart> start_file(std::span<const Recipient* const> recipients, Random& random);

// Where sealed or opened bytes go. An error stops the work and is handed to the caller.
using Sink = std::function<Result<void>(ByteView)>;

class Encryptor {
public:
    // Writes header and nonce to `sink` at once.
    static Result<Encryptor> start(std::span<const Recipient* const> recipients, Random& random, Sink sink);

    Result<void> update(ByteView plain);  // any sizes; holds back at most one chunk
    Result<void> finish();                // once

private:
    Encryptor(ChunkSealer sealer, Sink sink);
    ChunkSealer sealer_;
    Sink sink_;
    Bytes pending_;
    Bytes sealed_;
    std::uint64_t index_ = 0;
};

Result<Bytes> encrypt(std::span<const Recipient* const> recipients, ByteView plain, Random& random);  // small things, in memory

}  // namespace crypto::age
