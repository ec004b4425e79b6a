// A document as the age file that it becomes, readable from any place: chunks are sealed when they are asked for, so that no ciphertext
// waits on a disk and a broken upload goes on in the middle. A chunk sealed twice is safe only while it is the same chunk: under one key
// and number, two different ones would give both away. So the document is read through first and each piece's digest noted; a piece that
// is another one later is never sealed (type "changed"). Constant memory but for 32 bytes a mebibyte. One thread. Throws Refusal.
#pragma once

#include "crypto/age/seal.hpp"
#include "crypto/digest.hpp"
#include "gateway/cli/unfinished_upload.hpp"

#include <filesystem>
#include <functional>
#include <optional>

namespace gateway::cli {

class EncryptedDocument {
public:
    explicit EncryptedDocument(std::filesystem::path file);  // types "unreadable", "empty"
    ~EncryptedDocument();
    EncryptedDocument(const EncryptedDocument&) = delete;
    EncryptedDocument& operator=(const EncryptedDocument&) = delete;

    const FileIdentity& identity() const noexcept { return identity_; }

    using Watch = std::function<void(std::uint64_t bytes)>;  // of plaintext, since it was called last

    // Reads all of it, once. With a new key, which has sealed nothing yet, the ciphertext's digest comes along.
    crypto::Digest read_through(const Watch& watch);
    struct Digests {
        crypto::Digest plain;
        crypto::Digest sealed;
    };
    Digests read_through(const crypto::age::FileStart& start, const Watch& watch);
    // The key from an earlier run; only after read_through said that the document is the one of that run.
    void take_key(const crypto::age::FileStart& start);

    std::uint64_t size() const;  // of the ciphertext, once there is a key
    std::size_t read_at(std::uint64_t offset, std::span<std::uint8_t> out);  // 0 only at the end
    void expect_unchanged() const;  // the path still leads to what was read

private:
    crypto::ByteView read_piece(std::uint64_t number);  // of plaintext
    crypto::ByteView seal_piece(std::uint64_t number, crypto::ByteView plain);
    template <class Take>
    crypto::Digest read_pieces(const Watch& watch, const Take& take);
    std::uint64_t pieces() const noexcept;

    std::filesystem::path path_;
    int file_ = -1;
    FileIdentity identity_;
    std::vector<crypto::Digest> noted_;
    crypto::Bytes beginning_;  // header and nonce
    std::optional<crypto::age::ChunkSealer> sealer_;
    crypto::Bytes plain_;
    crypto::Bytes sealed_;
    std::optional<std::uint64_t> in_sealed_;  // the piece that is there
    std::size_t sealed_size_ = 0;
};

}  // namespace gateway::cli
