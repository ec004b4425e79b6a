#include "storage/edge/uploads.hpp"

#include "crypto/encoding.hpp"
#include "crypto/ensure.hpp"
#include "storage/edge/postings.hpp"

#include <algorithm>

namespace storage::edge {
namespace {

// What counts against the limits of a grant. Core taking a file in does not make room for another.
struct Used {
    std::uint64_t files = 0, files_of_item = 0, bytes = 0, receiving = 0;
};

Used used_by(Connection& connection, const policies::GrantId& grant, const policies::ItemId& item) {
    auto row = connection.query(
        "SELECT count(*), count(*) FILTER (WHERE item = ?2), ifnull(sum(size), 0),"
        " count(*) FILTER (WHERE state = 'receiving' AND complete = 0)"
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

// An item may be left out when there is one only.
const Item* find_item(const Posting& posting, const std::optional<policies::ItemId>& code) noexcept {
    if (!code) {
        return posting.items.size() == 1 ? &posting.items.front() : nullptr;
    }
    for (const auto& item : posting.items) {
        if (item.code == *code) {
            return &item;
        }
    }
    return nullptr;
}

// What a foreign client said besides, a name perhaps, is kept no longer than tus asks for.
std::string metadata_of(const policies::ItemId& item) {
    return "item " + crypto::to_base64(crypto::as_bytes(item.text()));
}

// What a file of unknown length may grow to.
std::uint64_t most_of(Connection& connection, const Posting& posting, const Item& item) {
    const auto used = used_by(connection, posting.grant, item.code).bytes;
    const auto left = posting.limits.bytes_max - std::min(posting.limits.bytes_max, used);
    return std::min({posting.limits.file_bytes_max, item.file_bytes_max, left});
}

}  // namespace

bool Uploads::permits(const Posting& posting, const Upload& upload, policies::Instant now) noexcept {
    const auto* item = find_item(posting, upload.item);
    return posting.state == GrantState::open && now < posting.expires_at && upload.epoch == posting.epoch && item != nullptr &&
           upload.size <= posting.limits.file_bytes_max && upload.size <= item->file_bytes_max;
}

policies::Instant expiry_of(const Upload& upload) noexcept {
    return upload.touched_at + (upload.complete ? waits_for_its_seal : expires_after);
}

// Longest idle first until it fits: an interrupted try must not keep its sender out.
Result<std::vector<policies::UploadId>>
Uploads::make_place(Connection& connection, const Posting& posting, const Item& item, std::uint64_t size, policies::Instant now) {
    const auto how = [&] { return fit(used_by(connection, posting.grant, item.code), posting.limits, item, size); };
    std::vector<policies::UploadId> displaced;
    auto idle = idle_of_grant(connection, posting.grant, now);
    for (auto fits = how(); fits != Fit::yes; fits = how()) {
        const auto first = std::ranges::find_if(idle, [&](const Upload& one) { return fits == Fit::grant_full || one.item == item.code; });
        if (first == idle.end()) {
            return Errc::refused;
        }
        const auto aborted = abort(connection, first->id, AbortReason::idle, now);
        crypto::ensure(aborted.has_value(), "an upload that is receiving can be aborted");
        displaced.push_back(first->id);
        idle.erase(first);
    }
    return displaced;
}

Result<void> Uploads::expect_wanted(Connection& connection, const New& wanted, policies::Instant now) const {
    const auto posting = Postings(log_).find(connection, wanted.grant);
    if (!posting || posting->state != GrantState::open || now >= posting->expires_at) {
        return Errc::refused;
    }
    const auto* item = find_item(*posting, wanted.item);
    if (item == nullptr) {
        return Errc::not_found;
    }
    const auto size = wanted.length.value_or(most_of(connection, *posting, *item));
    if (size > posting->limits.file_bytes_max || size > item->file_bytes_max) {
        return Errc::too_large;
    }
    const bool nothing_left = size == 0 && !wanted.length;
    return nothing_left || count_of_grant(connection, wanted.grant) >= rows_per_grant_max ? Result<void>(Errc::refused) : Result<void>();
}

Result<Uploads::Created> Uploads::create(Connection& connection, const New& wanted, policies::Instant now) {
    if (const auto gate = expect_wanted(connection, wanted, now); gate.has_error()) {
        return gate.error();
    }
    const auto posting = Postings(log_).find(connection, wanted.grant);
    const auto* item = find_item(*posting, wanted.item);
    const auto size = wanted.length.value_or(most_of(connection, *posting, *item));
    auto displaced = make_place(connection, *posting, *item, size, now);
    if (displaced.has_error()) {
        return displaced.error();
    }
    const auto owed = bytes_owed(connection, now);
    if (wanted.room < owed || wanted.room - owed < size) {
        return Errc::full;
    }
    connection.run(
        "INSERT INTO upload (id, grant_id, item, metadata, state, size, arrived, epoch, created_at, touched_at, protocol, length_known,"
        " complete, repr_digest) VALUES (?1, ?2, ?3, ?4, 'receiving', ?5, 0, ?6, ?7, ?7, ?8, ?9, ?10, ?11)",
        wanted.id.text(),
        wanted.grant.text(),
        item->code.text(),
        wanted.metadata,
        size,
        posting->epoch,
        now.microseconds,
        text_of(wanted.protocol),
        wanted.length.has_value(),
        wanted.protocol == Protocol::tus && wanted.length == 0U,
        wanted.repr_digest
    );
    return Created{*find(connection, wanted.id), *std::move(displaced)};
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

Result<Upload> Uploads::advance(Connection& connection, const policies::UploadId& id, const Progress& progress, policies::Instant now) {
    const auto upload = check(connection, id, now);
    if (upload.has_error()) {
        return upload.error();
    }
    const auto size = progress.length.value_or(upload->size);
    const bool other_length = upload->length_known && size != upload->size;
    const bool closed = upload->complete && progress.to != upload->offset;
    if (upload->offset != progress.from || progress.to < progress.from || progress.to > size || size > upload->size || other_length ||
        closed) {
        return Errc::conflict;
    }
    connection.run(
        "UPDATE upload SET arrived = ?, size = ?, length_known = max(length_known, ?), complete = max(complete, ?),"
        " looked_at = max(looked_at, ?), touched_at = ? WHERE id = ?",
        progress.to,
        size,
        progress.length.has_value(),
        progress.complete,
        progress.looked_at,
        now.microseconds,
        id.text()
    );
    return *find(connection, id);
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
    if (upload->offset != upload->size || !upload->length_known || !upload->looked_at) {
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
        "UPDATE upload SET state = 'sealed', complete = 1, sha256 = ?, mac = ?, manifest_sha256 = ?, log_index = ?, metadata = ?"
        " WHERE id = ?",
        crypto::ByteView(seal.sha256.bytes),
        seal.mac,
        crypto::ByteView(manifest_hash.bytes),
        index,
        metadata_of(upload->item),
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
    connection.run("UPDATE upload SET state = 'aborted', metadata = ? WHERE id = ?", metadata_of(upload->item), id.text());
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

}  // namespace storage::edge
