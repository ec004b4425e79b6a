// Puts the bytes of one request into an upload. Order: bytes at their offset, fdatasync, and only then the new offset in the row: an
// offset that was told is never taken back. Looks at the age header as soon as it is there and asks the grant again each second; when
// either says no, the upload is aborted and its file deleted. Blocking: on the pool, one call at a time.
#pragma once

#include "gateway/edge/answer.hpp"
#include "gateway/edge/services.hpp"

#include <chrono>

namespace gateway::edge {

class Receiver {
public:
    Receiver(Services& services, storage::edge::Upload upload);

    // `offset` is what the client believes. offset-mismatch, forbidden (aborted then), conflict, too_large.
    Answer<void> begin(std::uint64_t offset, std::uint64_t body_bytes);
    Answer<void> take(crypto::ByteView piece);
    // Makes what arrived durable. Also after a cut body or a full disk: what is there stays.
    Answer<void> finish();

    std::uint64_t offset() const noexcept { return upload_.offset; }  // durable

private:
    using Clock = std::chrono::steady_clock;
    Answer<void> ask_grant();
    Answer<void> look();
    Answer<void> commit();
    Answer<void> abort(storage::edge::AbortReason reason);

    Services& services_;
    storage::edge::Upload upload_;
    std::optional<storage::Vault::Writer> writer_;
    std::uint64_t written_ = 0;
    bool looked_at_ = false;
    Clock::time_point asked_at_;
    Clock::time_point committed_at_;
};

// Aborts an upload and deletes its file, in that order: a crash between the two leaves a file that the next start removes.
storage::Result<void> abort_upload(Services& services, const policies::UploadId& id, storage::edge::AbortReason reason);

}  // namespace gateway::edge
