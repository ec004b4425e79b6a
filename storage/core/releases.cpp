#include "storage/core/releases.hpp"

#include "storage/core/row.hpp"

namespace storage::core {

namespace {

#define RELEASE_COLUMNS                                                                                                                    \
    "r.id, r.document_id, r.grant_id, r.dossier_id, r.made_by, r.made_at, r.expires_at, r.header, r.withdrawn_at, r.edge"
constexpr std::string_view by_id = "SELECT " RELEASE_COLUMNS " FROM release AS r WHERE r.id = ?";
constexpr std::string_view by_dossier = "SELECT " RELEASE_COLUMNS " FROM release AS r WHERE r.dossier_id = ? ORDER BY r.made_at DESC, r.id";
constexpr std::string_view unpushed = "SELECT " RELEASE_COLUMNS " FROM release AS r JOIN dossier AS d ON d.id = r.dossier_id"
                                      " WHERE r.edge = 0 AND r.withdrawn_at IS NULL AND r.expires_at > ? AND d.closed_at IS NULL"
                                      " ORDER BY r.made_at, r.id LIMIT ?";
constexpr std::string_view unwanted = "SELECT " RELEASE_COLUMNS " FROM release AS r JOIN dossier AS d ON d.id = r.dossier_id"
                                      " WHERE r.edge != 2 AND (r.withdrawn_at IS NOT NULL OR d.closed_at IS NOT NULL)"
                                      " ORDER BY r.id LIMIT ?";
#undef RELEASE_COLUMNS

Release read(const Statement& row) {
    const auto edge = row.integer(9);
    if (edge < 0 || edge > 2) {
        row::altered("release's place");
    }
    return {
        .id = row::id<policies::ReleaseId>(row, 0),
        .document = row::id<policies::DocumentId>(row, 1),
        .grant = row::id<policies::GrantId>(row, 2),
        .dossier = row::id<policies::DossierId>(row, 3),
        .made_by = row::id<policies::StaffId>(row, 4),
        .made_at = row::instant(row, 5),
        .expires_at = row::instant(row, 6),
        .header = row.text(7),
        .withdrawn_at = row::optional_instant(row, 8),
        .edge = static_cast<Release::Edge>(edge),
    };
}

std::vector<Release> read_all(Statement found) {
    std::vector<Release> releases;
    while (found.step()) {
        releases.push_back(read(found));
    }
    return releases;
}

}  // namespace

void Releases::add(Connection& connection, const Release& release) {
    connection.run(
        "INSERT INTO release (id, document_id, grant_id, dossier_id, made_by, made_at, expires_at, header, edge)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0)",
        release.id.text(),
        release.document.text(),
        release.grant.text(),
        release.dossier.text(),
        release.made_by.text(),
        release.made_at.microseconds,
        release.expires_at.microseconds,
        release.header
    );
}

std::optional<Release> Releases::find(Connection& connection, const policies::ReleaseId& id) {
    auto row = connection.query(by_id, id.text());
    return row.step() ? std::optional(read(row)) : std::nullopt;
}

std::vector<Release> Releases::of_dossier(Connection& connection, const policies::DossierId& dossier) {
    return read_all(connection.query(by_dossier, dossier.text()));
}

std::uint64_t Releases::count_of_grant(Connection& connection, const policies::GrantId& grant, policies::Instant now) {
    auto row = connection.query(
        "SELECT count(*) FROM release WHERE grant_id = ? AND withdrawn_at IS NULL AND expires_at > ?", grant.text(), now.microseconds
    );
    return row.step() ? row::count(row, 0) : 0;
}

bool Releases::withdraw(Connection& connection, const policies::ReleaseId& id, policies::Instant now) {
    return connection.run(
               "UPDATE release SET withdrawn_at = ?, header = '' WHERE id = ? AND withdrawn_at IS NULL", now.microseconds, id.text()
           ) == 1;
}

void Releases::withdraw_all(Connection& connection, const policies::DossierId& dossier, policies::Instant now) {
    connection.run(
        "UPDATE release SET withdrawn_at = ?, header = '' WHERE dossier_id = ? AND withdrawn_at IS NULL", now.microseconds, dossier.text()
    );
}

std::vector<Release> Releases::to_push(Connection& connection, policies::Instant now, std::size_t count_max) {
    return read_all(connection.query(unpushed, now.microseconds, std::uint64_t{count_max}));
}

std::vector<Release> Releases::to_take_back(Connection& connection, std::size_t count_max) {
    return read_all(connection.query(unwanted, std::uint64_t{count_max}));
}

void Releases::at_edge(Connection& connection, const policies::ReleaseId& id, Release::Edge edge) {
    connection.run("UPDATE release SET edge = max(edge, ?) WHERE id = ?", static_cast<std::int64_t>(edge), id.text());
}

}  // namespace storage::core
