// Reading the ledger of uploads.
#include "crypto/ensure.hpp"
#include "storage/edge/uploads.hpp"

namespace storage::edge {
namespace {

const std::string select_upload =
    "SELECT id, grant_id, item, state, size, arrived, epoch, created_at, looked_at, log_index, outcome_version, outcome,"
    " metadata, touched_at, protocol, length_known, complete, repr_digest FROM upload ";

UploadState state_of(std::string_view text) {
    for (const auto state : {UploadState::receiving, UploadState::sealed, UploadState::taken}) {
        if (text == text_of(state)) {
            return state;
        }
    }
    return UploadState::aborted;
}

template <class Id>
Id id_of(const std::string& text) {
    auto id = Id::parse(text);
    crypto::ensure(id.has_value(), "an id in our own table parses");
    return *std::move(id);
}

Upload upload_of(const Statement& row) {
    Upload upload{
        .id = id_of<policies::UploadId>(row.text(0)),
        .grant = id_of<policies::GrantId>(row.text(1)),
        .item = id_of<policies::ItemId>(row.text(2)),
        .metadata = row.text(12),
        .protocol = row.text(14) == text_of(Protocol::resumable) ? Protocol::resumable : Protocol::tus,
        .state = state_of(row.text(3)),
        .size = static_cast<std::uint64_t>(row.integer(4)),
        .length_known = row.integer(15) != 0,
        .offset = static_cast<std::uint64_t>(row.integer(5)),
        .complete = row.integer(16) != 0,
        .epoch = static_cast<std::uint64_t>(row.integer(6)),
        .created_at = {row.integer(7)},
        .touched_at = {row.integer(13)},
        .repr_digest = row.text(17),
        .looked_at = row.integer(8) != 0,
        .log_index = std::nullopt,
        .outcome = std::nullopt,
    };
    if (const auto index = row.optional_integer(9)) {
        upload.log_index = static_cast<std::uint64_t>(*index);
    }
    if (const auto version = row.optional_integer(10)) {
        upload.outcome = Outcome{static_cast<std::uint64_t>(*version), row.blob(11)};
    }
    return upload;
}

std::vector<Upload> all_of(Statement row) {
    std::vector<Upload> found;
    while (row.step()) {
        found.push_back(upload_of(row));
    }
    return found;
}

std::uint64_t number_of(Statement row) {
    return row.step() ? static_cast<std::uint64_t>(row.integer(0)) : 0;
}

}  // namespace

std::string_view text_of(UploadState state) noexcept {
    switch (state) {
    case UploadState::receiving:
        return "receiving";
    case UploadState::sealed:
        return "sealed";
    case UploadState::taken:
        return "taken";
    case UploadState::aborted:
        break;
    }
    return "aborted";
}

std::string_view text_of(Protocol protocol) noexcept {
    return protocol == Protocol::tus ? "tus" : "resumable";
}

std::string_view text_of(AbortReason reason) noexcept {
    switch (reason) {
    case AbortReason::by_uploader:
        return "by-uploader";
    case AbortReason::not_permitted:
        return "not-permitted";
    case AbortReason::not_encrypted:
        return "not-encrypted";
    case AbortReason::damaged:
        return "damaged";
    case AbortReason::too_long:
        return "too-long";
    case AbortReason::lost:
        return "lost";
    case AbortReason::idle:
        break;
    }
    return "idle";
}

std::optional<Upload> Uploads::find(Connection& connection, const policies::UploadId& id) const {
    auto row = connection.query(select_upload + "WHERE id = ?", id.text());
    return row.step() ? std::optional(upload_of(row)) : std::nullopt;
}

std::optional<Seal> Uploads::seal_of(Connection& connection, const policies::UploadId& id) const {
    auto row = connection.query(
        "SELECT sha256, mac, bytes FROM upload JOIN manifest ON manifest.upload_id = upload.id WHERE upload.id = ?", id.text()
    );
    if (!row.step()) {
        return std::nullopt;
    }
    const auto digest = crypto::Digest::from_bytes(row.blob(0));
    crypto::ensure(digest.has_value(), "a sealed upload has its digest");
    return Seal{*digest, row.blob(1), row.blob(2)};
}

std::vector<Upload> Uploads::list_of_grant(Connection& connection, const policies::GrantId& grant, std::uint64_t count_max) const {
    return all_of(connection.query(select_upload + "WHERE grant_id = ? ORDER BY created_at DESC, id LIMIT ?", grant.text(), count_max));
}

std::vector<Upload> Uploads::receiving_of_grant(Connection& connection, const policies::GrantId& grant) const {
    return all_of(connection.query(select_upload + "WHERE grant_id = ? AND state = 'receiving'", grant.text()));
}

std::vector<Upload> Uploads::receiving(Connection& connection) const {
    return all_of(connection.query(select_upload + "WHERE state = 'receiving'"));
}

std::vector<Upload> Uploads::expired(Connection& connection, policies::Instant now) const {
    auto uploads = receiving(connection);
    std::erase_if(uploads, [&](const Upload& upload) { return now < expiry_of(upload) && check(connection, upload.id, now).has_value(); });
    return uploads;
}

std::vector<Upload> Uploads::sealed(Connection& connection) const {
    return all_of(connection.query(select_upload + "WHERE state = 'sealed'"));
}

std::uint64_t Uploads::bytes_owed(Connection& connection, policies::Instant now) const {
    return number_of(connection.query(
        "SELECT ifnull(sum(size - arrived), 0) FROM upload WHERE state = 'receiving' AND touched_at > ?",
        (now + -promise_lapses_after).microseconds
    ));
}

std::uint64_t Uploads::count_of_grant(Connection& connection, const policies::GrantId& grant) const {
    return number_of(connection.query("SELECT count(*) FROM upload WHERE grant_id = ?", grant.text()));
}

std::uint64_t Uploads::count_sealed(Connection& connection) const {
    return number_of(connection.query("SELECT count(*) FROM upload WHERE state = 'sealed'"));
}

// Longest idle first.
std::vector<Upload> Uploads::idle_of_grant(Connection& connection, const policies::GrantId& grant, policies::Instant now) const {
    return all_of(connection.query(
        select_upload + "WHERE grant_id = ? AND state = 'receiving' AND touched_at <= ? ORDER BY touched_at, id",
        grant.text(),
        (now + -gives_way_after).microseconds
    ));
}

}  // namespace storage::edge
