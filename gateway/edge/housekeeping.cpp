#include "gateway/edge/housekeeping.hpp"

#include "gateway/edge/receiver.hpp"
#include "gateway/log.hpp"

namespace gateway::edge {

using storage::Connection;
using storage::edge::AbortReason;
using storage::edge::Upload;
using storage::edge::UploadState;

namespace {

std::optional<Upload> find(Services& services, const std::string& name) {
    const auto id = policies::UploadId::parse(name);
    if (!id) {
        return std::nullopt;
    }
    auto found = services.database.read([&](Connection& connection) -> storage::Result<std::optional<Upload>> {
        return services.uploads.find(connection, *id);
    });
    return found.has_value() ? *std::move(found) : std::nullopt;
}

std::uint64_t file_size(const Services& services, const policies::UploadId& id) {
    const auto reader = services.vault.open_to_read(id.text());
    return reader.has_value() ? reader->size() : 0;
}

}  // namespace

storage::Result<void> tidy_at_start(Services& services) {
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
        if (services.vault.contains(upload.id.text()) && file_size(services, upload.id) >= upload.offset) {
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
        const auto upload = find(services, name);
        const bool lives = upload && (upload->state == UploadState::receiving || upload->state == UploadState::sealed);
        if (lives) {
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
    const auto receiving = services.database.read([&](Connection& connection) -> storage::Result<std::vector<Upload>> {
        std::vector<Upload> expired;
        for (auto& upload : services.uploads.receiving(connection)) {
            if (services.uploads.check(connection, upload.id, services.clock.now()).has_error()) {
                expired.push_back(std::move(upload));
            }
        }
        return expired;
    });
    if (receiving.has_error()) {
        return receiving.error();
    }
    std::vector<policies::UploadId> aborted;
    for (const auto& upload : *receiving) {
        if (abort_upload(services, upload.id, AbortReason::not_permitted).has_value()) {
            aborted.push_back(upload.id);
        }
    }
    return aborted;
}

}  // namespace gateway::edge
