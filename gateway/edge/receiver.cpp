#include "gateway/edge/receiver.hpp"

#include "crypto/age/header.hpp"
#include "gateway/edge/age_gate.hpp"
#include "gateway/edge/file_hash.hpp"
#include "gateway/edge/limits.hpp"
#include "gateway/edge/room.hpp"
#include "gateway/log.hpp"

#include <algorithm>

namespace gateway::edge {

using storage::edge::AbortReason;

storage::Result<void> abort_upload(Services& services, const policies::UploadId& id, AbortReason reason) {
    const auto aborted = services.database.commit([&](storage::Connection& connection) {
        return services.uploads.abort(connection, id, reason, services.clock.now());
    });
    if (aborted.has_error()) {
        return aborted;
    }
    log_event("upload.aborted", {{"upload", id.text()}, {"reason", storage::edge::text_of(reason)}});
    return services.vault.remove(id.text());
}

Receiver::Receiver(Services& services, storage::edge::Upload upload)
    : services_(services), upload_(std::move(upload)), asked_at_(Clock::now()), committed_at_(asked_at_) {}

Answer<void> Receiver::abort(AbortReason reason, const http::Problem& problem) {
    writer_.reset();
    if (const auto aborted = abort_upload(services_, upload_.id, reason); aborted.has_error()) {
        log_event("upload.abort-failed", {{"upload", upload_.id.text()}, {"error", aborted.error().message()}});
    }
    return problem;
}

Answer<void> Receiver::ask_grant() {
    asked_at_ = Clock::now();
    auto current = services_.database.read([&](storage::Connection& connection) {
        return services_.uploads.check(connection, upload_.id, services_.clock.now());
    });
    if (current.has_error()) {
        return current.error() == storage::Errc::refused ? abort(AbortReason::not_permitted, http::problems::forbidden)
                                                         : Answer<void>(problem_of(current.error()));
    }
    upload_ = *std::move(current);
    return {};
}

Answer<void> Receiver::begin(const protocol::Append& append) {
    // The row is read anew: an older request on this upload may just have put down bytes.
    if (auto asked = ask_grant(); asked.has_error()) {
        return asked;
    }
    const auto plan = protocol::plan_append(upload_, append);
    if (plan.has_error()) {
        return plan.error().ends_upload ? abort(AbortReason::too_long, plan.error().problem) : Answer<void>(plan.error().problem);
    }
    plan_ = *plan;
    how_ = append.how;
    for (const auto& digest : append.content) {
        checks_.push_back({crypto::Checksum(digest.algorithm), digest.value});
    }
    // After a long silence its place on the disk was promised to others.
    if (services_.clock.now() >= upload_.touched_at + storage::edge::promise_lapses_after) {
        if (auto room = expect_room(services_, upload_.size - upload_.offset); room.has_error()) {
            return room;
        }
    }
    auto writer = services_.vault.open_to_write(upload_.id.text());
    if (writer.has_error()) {
        return problem_of(writer.error());
    }
    // What a crash left behind the offset was never acknowledged, and what comes now may be shorter.
    if (const auto cut = writer->cut_to(upload_.offset); cut.has_error()) {
        return problem_of(cut.error());
    }
    writer_.emplace(*std::move(writer));
    written_ = upload_.offset;
    looked_at_ = upload_.looked_at;
    return {};
}

Answer<void> Receiver::take(crypto::ByteView piece) {
    if (piece.size() > plan_.end - written_) {
        return http::problems::too_large;
    }
    if (const auto put = writer_->write_at(written_, piece); put.has_error()) {
        return problem_of(put.error());
    }
    written_ += piece.size();
    for (auto& check : checks_) {
        check.running.update(piece);
    }
    if (!looked_at_) {
        if (auto looked = look(); looked.has_error()) {
            return looked;
        }
    }
    const auto now = Clock::now();
    const bool due = written_ - upload_.offset >= limits::commit_bytes || now - committed_at_ >= limits::commit_pause;
    if (due && checks_.empty() && written_ < plan_.end) {
        return commit(false);  // asks the grant too
    }
    return now - asked_at_ >= limits::check_pause ? ask_grant() : Answer<void>();
}

Answer<void> Receiver::look() {
    auto reader = services_.vault.open_to_read(upload_.id.text());
    if (reader.has_error()) {
        return problem_of(reader.error());
    }
    crypto::Bytes first(static_cast<std::size_t>(std::min<std::uint64_t>(written_, crypto::age::header_bytes_max)));
    const auto got = reader->read_at(0, first);
    if (got.has_error() || *got != first.size()) {
        return http::problems::unavailable;
    }
    const auto gate = look_at_beginning(first);
    looked_at_ = gate == Gate::passed;
    return gate == Gate::not_encrypted ? abort(AbortReason::not_encrypted, http::problems::not_encrypted) : Answer<void>();
}

Answer<void> Receiver::commit(bool complete) {
    committed_at_ = asked_at_ = Clock::now();
    if (const auto synced = writer_->sync(); synced.has_error()) {
        // The kernel tells a failed write-back once per descriptor: asking again would be told all is well. What was not acknowledged is
        // sent again and written through a new one.
        writer_.reset();
        return problem_of(synced.error());
    }
    const storage::edge::Uploads::Progress progress{upload_.offset, written_, looked_at_, plan_.length, complete};
    auto advanced = services_.database.commit([&](storage::Connection& connection) {
        return services_.uploads.advance(connection, upload_.id, progress, services_.clock.now());
    });
    if (advanced.has_error()) {
        return advanced.error() == storage::Errc::refused ? abort(AbortReason::not_permitted, http::problems::forbidden)
                                                          : Answer<void>(problem_of(advanced.error()));
    }
    upload_ = *std::move(advanced);
    return {};
}

Answer<void> Receiver::expect_digests_fit() {
    for (auto& check : checks_) {
        if (check.running.finish() != check.expected) {
            return how_ == protocol::How::tus ? http::problems::checksum_mismatch : http::problems::digest_mismatch;
        }
    }
    return {};
}

// The digest of the whole that was announced at creation.
Answer<void> Receiver::expect_representation_fits() {
    const auto digests = protocol::parse_digests(upload_.repr_digest);
    const auto fits = expect_digests(services_.vault, upload_.id, *digests);
    if (fits.has_error() && fits.error() == storage::Errc::damaged) {
        return abort(AbortReason::damaged, http::problems::digest_mismatch);
    }
    return fits.has_error() ? Answer<void>(problem_of(fits.error())) : Answer<void>();
}

// As if the body had not come. The file is cut back: what follows may be shorter.
Answer<void> Receiver::discard() {
    const auto cut = writer_->cut_to(upload_.offset);
    return cut.has_error() ? Answer<void>(problem_of(cut.error())) : Answer<void>();
}

Answer<void> Receiver::finish(bool whole) {
    if (!writer_) {
        return {};
    }
    if (!checks_.empty()) {
        const auto fits = whole ? expect_digests_fit() : Answer<void>();
        if (!whole || fits.has_error()) {
            const auto discarded = discard();
            return fits.has_error() ? fits : discarded;
        }
    }
    const bool complete = whole && plan_.completes;
    if (complete && !upload_.complete && !upload_.repr_digest.empty()) {
        if (auto fits = expect_representation_fits(); fits.has_error()) {
            return fits;
        }
    }
    const bool learned = plan_.length.has_value() && !upload_.length_known;
    const bool nothing_new = written_ == upload_.offset && looked_at_ == upload_.looked_at && complete == upload_.complete && !learned;
    return nothing_new ? Answer<void>() : commit(complete);
}

}  // namespace gateway::edge
