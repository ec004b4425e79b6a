#include "storage/edge/uploads.hpp"

#include "crypto/encoding.hpp"
#include "crypto/ensure.hpp"
#include "storage/edge/postings.hpp"

#include <algorithm>

namespace storage::edge {
namespace {

const std::string select_upload =
    "SELECT id, grant_id, item, state, size, arrived, epoch, created_at, looked_at, log_index, outcome_version, outcome,"
    " metadata, touched_at FROM upload ";

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
        .state = state_of(row.text(3)),
        .size = static_cast<std::uint64_t>(row.integer(4)),
        .offset = static_cast<std::uint64_t>(row.integer(5)),
        .epoch = static_cast<std::uint64_t>(row.integer(6)),
        .created_at = {row.integer(7)},
        .touched_at = {row.integer(13)},
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

// What counts against the limits of a grant. Core taking a file in does not make room for another.
struct Used {
    std::uint64_t files = 0, files_of_item = 0, bytes = 0, receiving = 0;
};

Used used_by(Connection& connection, const policies::GrantId& grant, const policies::ItemId& item) {
    auto row = connection.query(
        "SELECT count(*), count(*) FILTER (WHERE item = ?2), ifnull(sum(size), 0), count(*) FILTER (WHERE state = 'receiving')"
        " FROM upload WHERE grant_id = ?1 AND state <> 'aborted' AND place_free = 0",
        grant.text(),
        item.text()
    );
    crypto::ensure(row.step(), "a count has a row");
    const auto number = [&row](int column) { return static_cast<std::uint64_t>(row.integer(column)); };
    return {number(0), number(1), number(2), number(3)};
}

enum class Fit { yes, grant_full, item_full };

Fit fit(const Used& used, const Limits& limits, const Item& item, std::uint64_t size) noexcept {
    if (used.files_of_item >= item.files_max) {
        return Fit::item_full;
    }
    const bool room = used.files < limits.files_max && used.receiving < limits.open_uploads_max && used.bytes <= limits.bytes_max &&
                      size <= limits.bytes_max - used.bytes;
    return room ? Fit::yes : Fit::grant_full;
}

const Item* find_item(const Posting& posting, const policies::ItemId& code) noexcept {
    for (const auto& item : posting.items) {
        if (item.code == code) {
            return &item;
        }
    }
    return nullptr;
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
    case AbortReason::lost:
        return "lost";
    case AbortReason::idle:
        break;
    }
    return "idle";
}

bool Uploads::permits(const Posting& posting, const Upload& upload, policies::Instant now) noexcept {
    const auto* item = find_item(posting, upload.item);
    return posting.state == GrantState::open && now < posting.expires_at && upload.epoch == posting.epoch && item != nullptr &&
           upload.size <= posting.limits.file_bytes_max && upload.size <= item->file_bytes_max;
}

// Longest idle first.
std::vector<Upload> Uploads::idle_of_grant(Connection& connection, const policies::GrantId& grant, policies::Instant now) const {
    return all_of(connection.query(
        select_upload + "WHERE grant_id = ? AND state = 'receiving' AND touched_at <= ? ORDER BY touched_at, id",
        grant.text(),
        (now + -gives_way_after).microseconds
    ));
}

Result<Uploads::Created> Uploads::create(Connection& connection, const New& wanted, policies::Instant now) {
    const auto posting = Postings(log_).find(connection, wanted.grant);
    if (!posting || posting->state != GrantState::open || now >= posting->expires_at) {
        return Errc::refused;
    }
    const auto* item = find_item(*posting, wanted.item);
    if (item == nullptr) {
        return Errc::not_found;
    }
    if (wanted.size > posting->limits.file_bytes_max || wanted.size > item->file_bytes_max) {
        return Errc::too_large;
    }
    const auto rows = number_of(connection.query("SELECT count(*) FROM upload WHERE grant_id = ?", wanted.grant.text()));
    if (rows >= rows_per_grant_max) {
        return Errc::refused;
    }
    // An interrupted try must not keep its sender out: it gives way.
    const auto how = [&] { return fit(used_by(connection, wanted.grant, wanted.item), posting->limits, *item, wanted.size); };
    std::vector<policies::UploadId> displaced;
    auto idle = idle_of_grant(connection, wanted.grant, now);
    for (auto fits = how(); fits != Fit::yes; fits = how()) {
        const auto first =
            std::ranges::find_if(idle, [&](const Upload& one) { return fits == Fit::grant_full || one.item == wanted.item; });
        if (first == idle.end()) {
            return Errc::refused;
        }
        const auto aborted = abort(connection, first->id, AbortReason::idle, now);
        crypto::ensure(aborted.has_value(), "an upload that is receiving can be aborted");
        displaced.push_back(first->id);
        idle.erase(first);
    }
    connection.run(
        "INSERT INTO upload (id, grant_id, item, metadata, state, size, arrived, epoch, created_at, touched_at)"
        " VALUES (?1, ?2, ?3, ?4, 'receiving', ?5, 0, ?6, ?7, ?7)",
        wanted.id.text(),
        wanted.grant.text(),
        wanted.item.text(),
        wanted.metadata,
        wanted.size,
        posting->epoch,
        now.microseconds
    );
    return Created{*find(connection, wanted.id), std::move(displaced)};
}

Result<Upload> Uploads::check(Connection& connection, const policies::UploadId& id, policies::Instant now) const {
    const auto upload = find(connection, id);
    if (!upload) {
        return Errc::not_found;
    }
    if (upload->state == UploadState::aborted) {
        return Errc::refused;
    }
    if (upload->state != UploadState::receiving) {
        return Errc::conflict;
    }
    const auto posting = Postings(log_).find(connection, upload->grant);
    if (!posting || !permits(*posting, *upload, now)) {
        return Errc::refused;
    }
    return *upload;
}

Result<void> Uploads::advance(Connection& connection, const policies::UploadId& id, const Progress& progress, policies::Instant now) {
    const auto upload = check(connection, id, now);
    if (upload.has_error()) {
        return upload.error();
    }
    if (upload->offset != progress.from || progress.to < progress.from || progress.to > upload->size) {
        return Errc::conflict;
    }
    connection.run(
        "UPDATE upload SET arrived = ?, looked_at = max(looked_at, ?), touched_at = ? WHERE id = ?",
        progress.to,
        progress.looked_at,
        now.microseconds,
        id.text()
    );
    return {};
}

Result<Uploads::Sealed> Uploads::seal(Connection& connection, const policies::UploadId& id, const Seal& seal, policies::Instant now) {
    const auto found = find(connection, id);
    if (!found) {
        return Errc::not_found;
    }
    const auto manifest_hash = crypto::sha256(seal.manifest);
    if (found->state == UploadState::sealed || found->state == UploadState::taken) {
        auto row = connection.query("SELECT sha256, mac, manifest_sha256 FROM upload WHERE id = ?", id.text());
        row.step();
        const bool same = std::ranges::equal(row.blob(0), seal.sha256.bytes) && row.blob(1) == seal.mac &&
                          std::ranges::equal(row.blob(2), manifest_hash.bytes);
        return same ? Result<Sealed>(Sealed{*found->log_index, true}) : Result<Sealed>(Errc::conflict);
    }
    const auto upload = check(connection, id, now);
    if (upload.has_error()) {
        return upload.error();
    }
    if (upload->offset != upload->size || !upload->looked_at) {
        return Errc::conflict;
    }
    const auto posting = Postings(log_).find(connection, upload->grant);
    const auto index = log_.append(
        connection,
        {"upload.sealed",
         {{"upload", id.text()},
          {"grant", upload->grant.text()},
          {"item", upload->item.text()},
          {"size", static_cast<std::int64_t>(upload->size)},
          {"sha256", seal.sha256.hex()},
          {"manifest", manifest_hash.hex()},
          {"mac", crypto::to_hex(seal.mac)},
          {"policy", posting->policy.hex()},
          {"epoch", static_cast<std::int64_t>(upload->epoch)}},
         {}},
        now
    );
    connection.run("INSERT INTO manifest (upload_id, bytes) VALUES (?, ?)", id.text(), seal.manifest);
    connection.run(
        "UPDATE upload SET state = 'sealed', sha256 = ?, mac = ?, manifest_sha256 = ?, log_index = ? WHERE id = ?",
        crypto::ByteView(seal.sha256.bytes),
        seal.mac,
        crypto::ByteView(manifest_hash.bytes),
        index,
        id.text()
    );
    return Sealed{index, false};
}

Result<void> Uploads::abort(Connection& connection, const policies::UploadId& id, AbortReason reason, policies::Instant now) {
    const auto upload = find(connection, id);
    if (!upload) {
        return Errc::not_found;
    }
    if (upload->state == UploadState::aborted) {
        return {};
    }
    if (upload->state != UploadState::receiving) {
        return Errc::conflict;
    }
    log_.append(
        connection,
        {"upload.aborted", {{"upload", id.text()}, {"grant", upload->grant.text()}, {"reason", std::string(text_of(reason))}}, {}},
        now
    );
    connection.run("UPDATE upload SET state = 'aborted' WHERE id = ?", id.text());
    return {};
}

Result<bool> Uploads::publish_outcome(
    Connection& connection,
    const policies::UploadId& id,
    const Outcome& outcome,
    Ciphertext ciphertext,
    Place place,
    policies::Instant now
) {
    const auto upload = find(connection, id);
    if (!upload) {
        return Errc::not_found;
    }
    if (upload->state != UploadState::sealed && upload->state != UploadState::taken) {
        return Errc::conflict;
    }
    if (!upload->outcome || upload->outcome->version < outcome.version) {
        log_.append(
            connection,
            {"outcome.published",
             {{"upload", id.text()},
              {"version", static_cast<std::int64_t>(outcome.version)},
              {"sealed", crypto::sha256(outcome.sealed).hex()}},
             {}},
            now
        );
        connection.run(
            "UPDATE upload SET outcome_version = ?, outcome = ?, place_free = ? WHERE id = ?",
            outcome.version,
            outcome.sealed,
            place == Place::free,
            id.text()
        );
    }
    if (ciphertext == Ciphertext::remove && upload->state == UploadState::sealed) {
        log_.append(connection, {"upload.taken", {{"upload", id.text()}, {"grant", upload->grant.text()}}, {}}, now);
        connection.run("UPDATE upload SET state = 'taken' WHERE id = ?", id.text());
        connection.run("DELETE FROM manifest WHERE upload_id = ?", id.text());
        return true;
    }
    return upload->state == UploadState::taken;
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
    std::erase_if(uploads, [&](const Upload& upload) {
        return now < upload.touched_at + expires_after && check(connection, upload.id, now).has_value();
    });
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

std::uint64_t Uploads::count_sealed(Connection& connection) const {
    return number_of(connection.query("SELECT count(*) FROM upload WHERE state = 'sealed'"));
}

}  // namespace storage::edge
