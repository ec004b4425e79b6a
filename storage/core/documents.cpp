#include "storage/core/documents.hpp"

#include "storage/core/row.hpp"

namespace storage::core {

namespace {

#define DOCUMENT_COLUMNS                                                                                                                   \
    "id, upload_id, grant_id, item_id, request_id, dossier_id, edge_index, state, reason, cipher_size, cipher_sha256, "                    \
    "manifest_sha256, mac, accepted_at, decided_at, name, media_type, plain_size, plain_sha256, compartment_id, store_name, "              \
    "consent_id, epoch, log_index, outcome_version, outcome_published"
constexpr std::string_view by_id = "SELECT " DOCUMENT_COLUMNS " FROM document WHERE id = ?";
constexpr std::string_view by_upload = "SELECT " DOCUMENT_COLUMNS " FROM document WHERE upload_id = ?";
constexpr std::string_view by_dossier = "SELECT " DOCUMENT_COLUMNS " FROM document WHERE dossier_id = ? ORDER BY edge_index";
constexpr std::string_view by_item = "SELECT " DOCUMENT_COLUMNS " FROM document WHERE item_id = ? ORDER BY edge_index";
constexpr std::string_view unfinished = "SELECT " DOCUMENT_COLUMNS " FROM document WHERE state IN ('accepted', 'checking', 'filing')"
                                        " AND cipher_size >= ? AND cipher_size < ? ORDER BY edge_index LIMIT ?";
constexpr std::string_view untold_ones =
    "SELECT " DOCUMENT_COLUMNS " FROM document WHERE outcome_published < outcome_version ORDER BY id LIMIT ?";
#undef DOCUMENT_COLUMNS

Filing read_filing(const Statement& row) {
    return Filing{
        .name = row.text(15),
        .media_type = row.text(16),
        .plain_size = row::count(row, 17),
        .plain_sha256 = row::digest(row, 18),
        .compartment = row::id<policies::CompartmentId>(row, 19),
        .store_name = row.text(20),
        .consent = row::optional_id<policies::ConsentId>(row, 21),
        .epoch = row::count(row, 22),
    };
}

Document read(const Statement& row) {
    const auto state = policies::parse_document_state(row.text(7));
    if (!state) {
        row::altered("document state");
    }
    Document document{
        .id = row::id<policies::DocumentId>(row, 0),
        .upload = row::id<policies::UploadId>(row, 1),
        .grant = row::id<policies::GrantId>(row, 2),
        .item = row::id<policies::ItemId>(row, 3),
        .request = row::id<policies::RequestId>(row, 4),
        .dossier = row::id<policies::DossierId>(row, 5),
        .edge_index = row::count(row, 6),
        .state = *state,
        .reason = row.text(8),
        .cipher_size = row::count(row, 9),
        .cipher_sha256 = row::digest(row, 10),
        .manifest_sha256 = row::digest(row, 11),
        .mac = row::digest(row, 12),
        .accepted_at = row::instant(row, 13),
        .decided_at = row::optional_instant(row, 14),
        .filing = std::nullopt,
        .log_index = std::nullopt,
        .outcome_version = row::count(row, 24),
        .outcome_published = row::count(row, 25),
    };
    if (!row.is_null(19)) {
        document.filing = read_filing(row);
    }
    if (!row.is_null(23)) {
        document.log_index = row::count(row, 23);
    }
    return document;
}

std::optional<Document> read_one(Statement found) {
    if (!found.step()) {
        return std::nullopt;
    }
    return read(found);
}

std::vector<Document> read_all(Statement found) {
    std::vector<Document> documents;
    while (found.step()) {
        documents.push_back(read(found));
    }
    return documents;
}

// A move that changed no row was not possible: the document is elsewhere, or not there.
Result<void> moved(Connection& connection, const policies::DocumentId& id, std::int64_t rows) {
    if (rows == 1) {
        return {};
    }
    return Documents::find(connection, id) ? Errc::conflict : Errc::not_found;
}

}  // namespace

Result<policies::DocumentId> Documents::accept(Connection& connection, const AcceptedUpload& upload) {
    if (const auto known = find_upload(connection, upload.upload)) {
        return known->id;
    }
    {
        // Fresh randomness goes into every sealing, so the same MAC again is the same bytes under another id: a replay, not a document.
        // After a redo it is the sender's second try.
        auto replayed = connection.query(
            "SELECT 1 FROM document WHERE grant_id = ? AND mac = ? AND state != 'redo'", upload.grant.text(), upload.mac.bytes
        );
        if (replayed.step()) {
            return Errc::refused;
        }
    }
    std::string request;
    std::string dossier;
    {
        auto grant = connection.query("SELECT request_id, dossier_id FROM issued_grant WHERE id = ?", upload.grant.text());
        if (!grant.step()) {
            return Errc::not_found;
        }
        request = grant.text(0);
        dossier = grant.text(1);
    }
    {
        auto item = connection.query("SELECT request_id FROM request_item WHERE id = ?", upload.item.text());
        if (!item.step()) {
            return Errc::not_found;
        }
        if (item.text(0) != request) {
            return Errc::refused;
        }
    }
    {
        // A credential may be for some of the request's items only.
        auto outside = connection.query(
            "SELECT 1 FROM credential WHERE grant_id = ?1 "
            "AND NOT EXISTS (SELECT 1 FROM credential_item WHERE grant_id = ?1 AND item_id = ?2)",
            upload.grant.text(),
            upload.item.text()
        );
        if (outside.step()) {
            return Errc::refused;
        }
    }
    connection.run(
        "INSERT INTO document (id, upload_id, grant_id, item_id, request_id, dossier_id, edge_index, state, reason, cipher_size, "
        "cipher_sha256, manifest_sha256, mac, accepted_at, outcome_version, outcome_published) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, 'accepted', '', ?, ?, ?, ?, ?, 0, 0)",
        upload.document.text(),
        upload.upload.text(),
        upload.grant.text(),
        upload.item.text(),
        request,
        dossier,
        upload.edge_index,
        upload.cipher_size,
        crypto::ByteView(upload.cipher_sha256.bytes),
        crypto::ByteView(upload.manifest_sha256.bytes),
        crypto::ByteView(upload.mac.bytes),
        upload.accepted_at.microseconds
    );
    return upload.document;
}

std::optional<Document> Documents::find(Connection& connection, const policies::DocumentId& id) {
    return read_one(connection.query(by_id, id.text()));
}

std::optional<Document> Documents::find_upload(Connection& connection, const policies::UploadId& id) {
    return read_one(connection.query(by_upload, id.text()));
}

std::vector<Document> Documents::underway(Connection& connection, Sizes sizes, std::size_t count_max) {
    return read_all(connection.query(unfinished, sizes.from, sizes.below, std::uint64_t{count_max}));
}

std::vector<Document> Documents::of_dossier(Connection& connection, const policies::DossierId& dossier) {
    return read_all(connection.query(by_dossier, dossier.text()));
}

std::vector<Document> Documents::of_item(Connection& connection, const policies::ItemId& item) {
    return read_all(connection.query(by_item, item.text()));
}

Documents::Amount Documents::filed_in(Connection& connection, const policies::DossierId& dossier) {
    auto filed = connection.query(
        "SELECT count(*), ifnull(sum(plain_size), 0) FROM document WHERE dossier_id = ? AND state = 'filed'", dossier.text()
    );
    return filed.step() ? Amount{row::count(filed, 0), row::count(filed, 1)} : Amount{};
}

Result<void> Documents::start_checking(Connection& connection, const policies::DocumentId& id) {
    const auto rows = connection.run("UPDATE document SET state = 'checking' WHERE id = ? AND state = 'accepted'", id.text());
    return moved(connection, id, rows);
}

Result<void> Documents::start_filing(Connection& connection, const policies::DocumentId& id, const Filing& filing) {
    std::optional<std::string> consent;
    if (filing.consent) {
        consent = filing.consent->text();
    }
    const auto rows = connection.run(
        "UPDATE document SET state = 'filing', name = ?, media_type = ?, plain_size = ?, plain_sha256 = ?, compartment_id = ?, "
        "store_name = ?, consent_id = ?, epoch = ? WHERE id = ? AND state = 'checking'",
        filing.name,
        filing.media_type,
        filing.plain_size,
        crypto::ByteView(filing.plain_sha256.bytes),
        filing.compartment.text(),
        filing.store_name,
        consent,
        filing.epoch,
        id.text()
    );
    return moved(connection, id, rows);
}

Result<void> Documents::file(Connection& connection, const policies::DocumentId& id, std::uint64_t log_index, policies::Instant now) {
    const auto rows = connection.run(
        "UPDATE document SET state = 'filed', log_index = ?, decided_at = ?, outcome_version = outcome_version + 1 "
        "WHERE id = ? AND state = 'filing'",
        log_index,
        now.microseconds,
        id.text()
    );
    return moved(connection, id, rows);
}

Result<void> Documents::decide(
    Connection& connection,
    const policies::DocumentId& id,
    policies::DocumentState verdict,
    std::string_view reason,
    policies::Instant now
) {
    if (!policies::is_final(verdict) || verdict == policies::DocumentState::filed) {
        return Errc::refused;
    }
    const auto rows = connection.run(
        "UPDATE document SET state = ?, reason = ?, decided_at = ?, outcome_version = outcome_version + 1 "
        "WHERE id = ? AND state IN ('accepted', 'checking', 'filing')",
        policies::text_of(verdict),
        reason,
        now.microseconds,
        id.text()
    );
    return moved(connection, id, rows);
}

std::vector<Document> Documents::untold(Connection& connection, std::size_t count_max) {
    return read_all(connection.query(untold_ones, std::uint64_t{count_max}));
}

void Documents::outcome_published(Connection& connection, const policies::DocumentId& id, std::uint64_t version) {
    connection.run("UPDATE document SET outcome_published = max(outcome_published, ?) WHERE id = ?", version, id.text());
}

}  // namespace storage::core
