#include "gateway/edge/receiver.hpp"

#include "crypto/age/header.hpp"
#include "gateway/edge/age_gate.hpp"
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

Answer<void> Receiver::abort(AbortReason reason) {
    writer_.reset();
    if (const auto aborted = abort_upload(services_, upload_.id, reason); aborted.has_error()) {
        log_event("upload.abort-failed", {{"upload", upload_.id.text()}, {"error", aborted.error().message()}});
    }
    switch (reason) {
    case AbortReason::not_encrypted:
        return http::problems::not_encrypted;
    case AbortReason::damaged:
        return http::problems::damaged;
    case AbortReason::by_uploader:
    case AbortReason::not_permitted:
    case AbortReason::lost:
    case AbortReason::idle:
        break;
    }
    return http::problems::forbidden;
}

Answer<void> Receiver::ask_grant() {
    asked_at_ = Clock::now();
    auto current = services_.database.read([&](storage::Connection& connection) {
        return services_.uploads.check(connection, upload_.id, services_.clock.now());
    });
    if (current.has_error()) {
        return current.error() == storage::Errc::refused ? abort(AbortReason::not_permitted) : Answer<void>(problem_of(current.error()));
    }
    upload_ = *std::move(current);
    return {};
}

Answer<void> Receiver::begin(std::uint64_t offset, std::uint64_t body_bytes) {
    // The row is read anew: an older request on this upload may just have put down bytes.
    if (auto asked = ask_grant(); asked.has_error()) {
        return asked;
    }
    if (offset != upload_.offset) {
        return http::problems::offset_mismatch;
    }
    if (body_bytes > upload_.size - upload_.offset) {
        return http::problems::too_large;
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
    writer_.emplace(*std::move(writer));
    written_ = upload_.offset;
    looked_at_ = upload_.looked_at;
    return {};
}

Answer<void> Receiver::take(crypto::ByteView piece) {
    if (piece.size() > upload_.size - written_) {
        return http::problems::too_large;
    }
    if (const auto put = writer_->write_at(written_, piece); put.has_error()) {
        return problem_of(put.error());
    }
    written_ += piece.size();
    if (!looked_at_) {
        if (auto looked = look(); looked.has_error()) {
            return looked;
        }
    }
    const auto now = Clock::now();
    if (written_ - upload_.offset >= limits::commit_bytes || now - committed_at_ >= limits::commit_pause) {
        return commit();  // asks the grant too
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
    switch (look_at(first, upload_.size)) {
    case Gate::need_more:
        return {};
    case Gate::passed:
        looked_at_ = true;
        return {};
    case Gate::not_encrypted:
        return abort(AbortReason::not_encrypted);
    case Gate::damaged:
        break;
    }
    return abort(AbortReason::damaged);
}

Answer<void> Receiver::commit() {
    committed_at_ = asked_at_ = Clock::now();
    if (const auto synced = writer_->sync(); synced.has_error()) {
        // The kernel tells a failed write-back once per descriptor: asking again would be told all is well. What was not acknowledged is
        // sent again and written through a new one.
        writer_.reset();
        return problem_of(synced.error());
    }
    const storage::edge::Uploads::Progress progress{upload_.offset, written_, looked_at_};
    const auto advanced = services_.database.commit([&](storage::Connection& connection) {
        return services_.uploads.advance(connection, upload_.id, progress, services_.clock.now());
    });
    if (advanced.has_error()) {
        return advanced.error() == storage::Errc::refused ? abort(AbortReason::not_permitted) : Answer<void>(problem_of(advanced.error()));
    }
    upload_.offset = written_;
    upload_.looked_at = looked_at_;
    return {};
}

Answer<void> Receiver::finish() {
    const bool nothing_new = writer_ && written_ == upload_.offset && looked_at_ == upload_.looked_at;
    return !writer_ || nothing_new ? Answer<void>() : commit();
}

}  // namespace gateway::edge
