#include "storage/core/grants.hpp"

#include "storage/core/row.hpp"

namespace storage::core {

namespace {

#define GRANT_COLUMNS                                                                                                                      \
    "id, request_id, dossier_id, party_id, token_hash, sealed_keys, recipient, sealed_identity, state, epoch, version, "                   \
    "published_version, expires_at, reader"
constexpr std::string_view by_id = "SELECT " GRANT_COLUMNS " FROM issued_grant WHERE id = ?";
constexpr std::string_view by_request =
    "SELECT " GRANT_COLUMNS " FROM issued_grant WHERE request_id = ? AND id NOT IN (SELECT grant_id FROM credential)";
constexpr std::string_view by_party = "SELECT " GRANT_COLUMNS " FROM issued_grant WHERE dossier_id = ? AND party_id = ? ORDER BY id";
constexpr std::string_view unpublished = "SELECT " GRANT_COLUMNS " FROM issued_grant WHERE published_version < version ORDER BY id LIMIT ?";
constexpr std::string_view open_and_expired =
    "SELECT " GRANT_COLUMNS " FROM issued_grant WHERE state IN ('open', 'paused') AND expires_at < ? ORDER BY id LIMIT 1000";
#undef GRANT_COLUMNS

Grant read(const Statement& row) {
    const auto state = policies::parse_grant_state(row.text(8));
    if (!state) {
        row::altered("grant state");
    }
    return Grant{
        .id = row::id<policies::GrantId>(row, 0),
        .request = row::id<policies::RequestId>(row, 1),
        .dossier = row::id<policies::DossierId>(row, 2),
        .party = row::id<policies::PartyId>(row, 3),
        .token_hash = row::digest(row, 4),
        .sealed_keys = row.blob(5),
        .recipient = row.text(6),
        .sealed_identity = row.is_null(7) ? crypto::Bytes() : row.blob(7),
        .state = *state,
        .epoch = row::count(row, 9),
        .version = row::count(row, 10),
        .published_version = row::count(row, 11),
        .expires_at = row::instant(row, 12),
        .reader = row.text(13),
    };
}

std::optional<Grant> read_one(Statement found) {
    if (!found.step()) {
        return std::nullopt;
    }
    return read(found);
}

std::vector<Grant> read_all(Statement found) {
    std::vector<Grant> grants;
    while (found.step()) {
        grants.push_back(read(found));
    }
    return grants;
}

}  // namespace

void Grants::add(Connection& connection, const Grant& grant) {
    connection.run(
        "INSERT INTO issued_grant (id, request_id, dossier_id, party_id, token_hash, sealed_keys, recipient, sealed_identity, state, "
        "epoch, version, published_version, expires_at, reader) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        grant.id.text(),
        grant.request.text(),
        grant.dossier.text(),
        grant.party.text(),
        crypto::ByteView(grant.token_hash.bytes),
        grant.sealed_keys,
        grant.recipient,
        grant.sealed_identity,
        policies::text_of(grant.state),
        grant.epoch,
        grant.version,
        grant.published_version,
        grant.expires_at.microseconds,
        grant.reader
    );
}

std::optional<Grant> Grants::find(Connection& connection, const policies::GrantId& id) {
    return read_one(connection.query(by_id, id.text()));
}

std::optional<Grant> Grants::of_request(Connection& connection, const policies::RequestId& request) {
    return read_one(connection.query(by_request, request.text()));
}

std::vector<Grant> Grants::of_party(Connection& connection, const policies::DossierId& dossier, const policies::PartyId& party) {
    return read_all(connection.query(by_party, dossier.text(), party.text()));
}

Result<std::uint64_t> Grants::change(Connection& connection, const policies::GrantId& id, policies::GrantState state, std::uint64_t epoch) {
    auto changed = connection.query(
        "UPDATE issued_grant SET state = ?, epoch = ?, version = version + 1 WHERE id = ? RETURNING version",
        policies::text_of(state),
        epoch,
        id.text()
    );
    if (!changed.step()) {
        return Errc::not_found;
    }
    return row::count(changed, 0);
}

Result<void> Grants::end_at(Connection& connection, const policies::GrantId& id, policies::Instant until) {
    const auto rows =
        connection.run("UPDATE issued_grant SET expires_at = ?, version = version + 1 WHERE id = ?", until.microseconds, id.text());
    return rows == 1 ? Result<void>() : Result<void>(Errc::not_found);
}

std::vector<Grant> Grants::to_publish(Connection& connection, std::size_t count_max) {
    return read_all(connection.query(unpublished, std::uint64_t{count_max}));
}

void Grants::published(Connection& connection, const policies::GrantId& id, std::uint64_t version) {
    connection.run("UPDATE issued_grant SET published_version = max(published_version, ?) WHERE id = ?", version, id.text());
}

void Grants::destroy_keys(Connection& connection, const policies::DossierId& dossier) {
    connection.run(
        "UPDATE issued_grant SET sealed_keys = x'', sealed_identity = NULL, state = 'closed', version = version + 1 WHERE dossier_id = ?",
        dossier.text()
    );
}

std::vector<Grant> Grants::expired(Connection& connection, policies::Instant before) {
    return read_all(connection.query(open_and_expired, before.microseconds));
}

std::vector<policies::GrantId> Grants::over(Connection& connection) {
    std::vector<policies::GrantId> found;
    auto row = connection.query("SELECT id FROM issued_grant AS g WHERE sealed_identity IS NOT NULL AND published_version = version"
                                " AND state IN ('withdrawn', 'closed') AND NOT EXISTS (SELECT 1 FROM document WHERE grant_id = g.id"
                                " AND state IN ('accepted', 'checking', 'filing'))");
    while (row.step()) {
        found.push_back(row::id<policies::GrantId>(row, 0));
    }
    return found;
}

void Grants::destroy_identity(Connection& connection, const policies::GrantId& id) {
    connection.run("UPDATE issued_grant SET sealed_identity = NULL WHERE id = ?", id.text());
}

}  // namespace storage::core
