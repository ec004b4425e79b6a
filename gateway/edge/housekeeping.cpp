#include "gateway/edge/housekeeping.hpp"

#include "gateway/edge/receiver.hpp"
#include "gateway/log.hpp"

namespace gateway::edge {

using storage::Connection;
using storage::edge::AbortReason;
using storage::edge::Upload;
using storage::edge::UploadState;

namespace {

enum class Fate { wanted, done, unknown };

// An error is no answer: a file is only removed when the database can say for sure that nobody waits for it.
storage::Result<Fate> fate_of(Services& services, const std::string& name) {
    const auto id = policies::UploadId::parse(name);
    if (!id) {
        return Fate::unknown;
    }
    return services.database.read([&](Connection& connection) -> storage::Result<Fate> {
        const auto upload = services.uploads.find(connection, *id);
        if (!upload) {
            return Fate::unknown;
        }
        return upload->state == UploadState::receiving || upload->state == UploadState::sealed ? Fate::wanted : Fate::done;
    });
}

std::uint64_t file_size(const Services& services, const std::string& name) {
    const auto reader = services.vault.open_to_read(name);
    return reader.has_value() ? reader->size() : 0;
}

// What was staged when the edge died: its row says whether it was acknowledged.
storage::Result<void> settle_staged(Services& services) {
    for (const auto& name : services.vault.staged_names()) {
        const auto fate = fate_of(services, name);
        if (fate.has_error()) {
            return fate.error();
        }
        const auto settled = *fate == Fate::wanted ? services.vault.adopt(name) : services.vault.unstage(name);
        if (settled.has_error()) {
            return settled;
        }
        log_event(*fate == Fate::wanted ? "upload.file-adopted" : "upload.file-removed", {{"file", name}});
    }
    return {};
}

}  // namespace

storage::Result<void> tidy_at_start(Services& services) {
    if (const auto settled = settle_staged(services); settled.has_error()) {
        return settled;
    }
    auto living = services.database.read([&](Connection& connection) -> storage::Result<std::vector<Upload>> {
        auto uploads = services.uploads.receiving(connection);
        auto sealed = services.uploads.sealed(connection);
        uploads.insert(uploads.end(), std::make_move_iterator(sealed.begin()), std::make_move_iterator(sealed.end()));
        return uploads;
    });
    if (living.has_error()) {
        return living.error();
    }
    for (const auto& upload : *living) {
        if (services.vault.contains(upload.id.text()) && file_size(services, upload.id.text()) >= upload.offset) {
            continue;
        }
        log_event("upload.damaged", {{"upload", upload.id.text()}, {"offset", upload.offset}});
        if (upload.state == UploadState::receiving) {
            if (const auto aborted = abort_upload(services, upload.id, AbortReason::lost); aborted.has_error()) {
                return aborted;
            }
        }
    }
    for (const auto& name : services.vault.names()) {
        const auto fate = fate_of(services, name);
        if (fate.has_error()) {
            return fate.error();
        }
        // A creation that was cut short leaves an empty file without a row. Bytes without a row are no work of ours: the database is
        // older than the vault, and what it has forgotten may have been acknowledged.
        const bool stray = *fate == Fate::unknown && file_size(services, name) > 0;
        if (stray) {
            log_event("upload.stray-file", {{"file", name}});
        }
        if (*fate == Fate::wanted || stray) {
            continue;
        }
        if (const auto removed = services.vault.remove(name); removed.has_error()) {
            return removed;
        }
        log_event("upload.file-removed", {{"file", name}});
    }
    return {};
}

storage::Result<std::vector<policies::UploadId>> abort_expired(Services& services) {
    const auto now = services.clock.now();
    const auto expired = services.database.read([&](Connection& connection) -> storage::Result<std::vector<Upload>> {
        return services.uploads.expired(connection, now);
    });
    if (expired.has_error()) {
        return expired.error();
    }
    std::vector<policies::UploadId> aborted;
    for (const auto& upload : *expired) {
        const bool idle = now >= expiry_of(upload);
        if (abort_upload(services, upload.id, idle ? AbortReason::idle : AbortReason::not_permitted).has_value()) {
            aborted.push_back(upload.id);
        }
    }
    return aborted;
}

}  // namespace gateway::edge
