// Puts the bytes of one request into an upload. Order: bytes at their offset, fdatasync, and only then the new offset in the row: an
// offset that was told is never taken back. A body with a digest counts as a whole or not at all. Looks at the age header as soon as it is
// there and asks the grant again each second; when either says no, the upload is aborted and its file deleted. Blocking: on the pool, one
// call at a time.
#pragma once

#include "gateway/edge/answer.hpp"
#include "gateway/edge/protocol/rules.hpp"
#include "gateway/edge/services.hpp"

#include <chrono>

namespace gateway::edge {

class Receiver {
public:
    Receiver(Services& services, storage::edge::Upload upload);

    // What protocol/rules says no to, forbidden (aborted then), gone, conflict, no_space.
    Answer<void> begin(const protocol::Append& append);
    Answer<void> take(crypto::ByteView piece);
    // Makes what arrived durable, also after a cut body or a full disk: what is there stays. `whole`: the body came to its end.
    // checksum_mismatch, digest_mismatch: it does not count.
    Answer<void> finish(bool whole);

    const storage::edge::Upload& upload() const noexcept { return upload_; }  // as it is on disk

private:
    using Clock = std::chrono::steady_clock;
    struct Check {
        crypto::Checksum running;
        crypto::Bytes expected;
    };

    Answer<void> ask_grant();
    Answer<void> look();
    Answer<void> commit(bool complete);
    Answer<void> expect_digests_fit();
    Answer<void> expect_representation_fits();
    Answer<void> discard();
    Answer<void> abort(storage::edge::AbortReason reason, const http::Problem& problem);

    Services& services_;
    storage::edge::Upload upload_;
    protocol::How how_ = protocol::How::tus;
    protocol::Plan plan_;
    std::vector<Check> checks_;
    std::optional<storage::Vault::Writer> writer_;
    std::uint64_t written_ = 0;
    bool looked_at_ = false;
    Clock::time_point asked_at_;
    Clock::time_point committed_at_;
};

// Aborts an upload and deletes its file, in that order: a crash between the two leaves a file that the next start removes.
storage::Result<void> abort_upload(Services& services, const policies::UploadId& id, storage::edge::AbortReason reason);

}  // namespace gateway::edge
