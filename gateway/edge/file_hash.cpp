#include "gateway/edge/file_hash.hpp"

#include <algorithm>

namespace gateway::edge {
namespace {

constexpr std::size_t piece_bytes = 1ULL << 20U;

// Calls `see` with every piece; gives the number of bytes.
template <class See>
storage::Result<std::uint64_t> read_file(const storage::Vault& vault, const policies::UploadId& id, See see) {
    const auto reader = vault.open_to_read(id.text());
    if (reader.has_error()) {
        return reader.error();
    }
    crypto::Bytes piece(static_cast<std::size_t>(std::clamp<std::uint64_t>(reader->size(), 1, piece_bytes)));
    std::uint64_t offset = 0;
    for (;;) {
        const auto got = reader->read_at(offset, piece);
        if (got.has_error()) {
            return got.error();
        }
        if (*got == 0) {
            return offset;
        }
        see(crypto::ByteView(piece).first(*got));
        offset += *got;
    }
}

}  // namespace

storage::Result<crypto::Digest> hash_file(const storage::Vault& vault, const storage::edge::Upload& upload) {
    crypto::Sha256 hash;
    const auto bytes = read_file(vault, upload.id, [&](crypto::ByteView piece) { hash.update(piece); });
    if (bytes.has_error()) {
        return bytes.error();
    }
    return *bytes == upload.size ? storage::Result<crypto::Digest>(hash.finish()) : storage::Errc::damaged;
}

storage::Result<void>
expect_digests(const storage::Vault& vault, const policies::UploadId& id, const std::vector<protocol::Expected>& digests) {
    std::vector<crypto::Checksum> running;
    for (const auto& digest : digests) {
        running.emplace_back(digest.algorithm);
    }
    const auto bytes = read_file(vault, id, [&](crypto::ByteView piece) {
        for (auto& one : running) {
            one.update(piece);
        }
    });
    if (bytes.has_error()) {
        return bytes.error();
    }
    bool fits = true;
    for (std::size_t index = 0; index < digests.size(); ++index) {
        fits = running[index].finish() == digests[index].value && fits;
    }
    return fits ? storage::Result<void>() : storage::Result<void>(storage::Errc::damaged);
}

}  // namespace gateway::edge
