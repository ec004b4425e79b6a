#include "storage/edge/releases.hpp"

#include "crypto/ensure.hpp"

namespace storage::edge {
namespace {

#define RELEASE_COLUMNS "r.id, r.grant_id, r.size, r.sha256, r.description, r.expires_at, r.file, r.read_at"
constexpr std::string_view by_id = "SELECT " RELEASE_COLUMNS " FROM release AS r WHERE r.id = ?";
constexpr std::string_view everything = "SELECT " RELEASE_COLUMNS " FROM release AS r ORDER BY r.id";
constexpr std::string_view readable = "SELECT " RELEASE_COLUMNS " FROM release AS r JOIN posting AS p ON p.grant_id = r.grant_id"
                                      " WHERE r.grant_id = ? AND r.expires_at > ? AND p.state != 'withdrawn'"
                                      " ORDER BY r.taken_at DESC, r.id LIMIT ?";
constexpr std::string_view over = "SELECT " RELEASE_COLUMNS " FROM release AS r WHERE r.expires_at <= ?";
#undef RELEASE_COLUMNS

template <class Id>
Id id_of(const std::string& text) {
    auto id = Id::parse(text);
    crypto::ensure(id.has_value(), "an id in our own table parses");
    return *std::move(id);
}

Release read(const Statement& row) {
    const auto digest = crypto::Digest::from_bytes(row.blob(3));
    crypto::ensure(digest.has_value(), "a digest in our own table has 32 bytes");
    return {
        .id = id_of<policies::ReleaseId>(row.text(0)),
        .grant = id_of<policies::GrantId>(row.text(1)),
        .size = static_cast<std::uint64_t>(row.integer(2)),
        .sha256 = *digest,
        .description = row.blob(4),
        .expires_at = {row.integer(5)},
        .file = row.text(6),
        .read = !row.is_null(7),
    };
}

std::vector<Release> read_all(Statement found) {
    std::vector<Release> releases;
    while (found.step()) {
        releases.push_back(read(found));
    }
    return releases;
}

bool has_posting(Connection& connection, const policies::GrantId& grant) {
    return connection.query("SELECT 1 FROM posting WHERE grant_id = ?", grant.text()).step();
}

void end(Connection& connection, MerkleLog& log, const Release& release, const char* reason, policies::Instant now) {
    connection.run("DELETE FROM release WHERE id = ?", release.id.text());
    log.append(
        connection, {"release.ended", {{"release", release.id.text()}, {"grant", release.grant.text()}, {"reason", reason}}, {}}, now
    );
}

}  // namespace

Result<Releases::Kept> Releases::put(Connection& connection, const Release& release, policies::Instant now) {
    if (was_withdrawn(connection, release.id) || !has_posting(connection, release.grant)) {
        return Errc::refused;
    }
    if (const auto known = find(connection, release.id)) {
        const bool same = known->grant == release.grant && known->size == release.size && known->sha256 == release.sha256;
        return same ? Result<Kept>(Kept::known) : Errc::conflict;
    }
    connection.run(
        "INSERT INTO release (id, grant_id, size, sha256, description, expires_at, file, taken_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        release.id.text(),
        release.grant.text(),
        release.size,
        crypto::ByteView(release.sha256.bytes),
        release.description,
        release.expires_at.microseconds,
        release.file,
        now.microseconds
    );
    log_.append(
        connection,
        {"release.published",
         {{"release", release.id.text()},
          {"grant", release.grant.text()},
          {"size", static_cast<std::int64_t>(release.size)},
          {"sha256", release.sha256.hex()},
          {"expiresAt", release.expires_at.text()}},
         {}},
        now
    );
    return Kept::taken;
}

std::string Releases::withdraw(Connection& connection, const policies::ReleaseId& id, policies::Instant now) {
    connection.run("INSERT OR IGNORE INTO release_withdrawn (id, at) VALUES (?, ?)", id.text(), now.microseconds);
    const auto known = find(connection, id);
    if (!known) {
        return {};
    }
    end(connection, log_, *known, "withdrawn", now);
    return known->file;
}

std::vector<std::string> Releases::end_expired(Connection& connection, policies::Instant now) {
    std::vector<std::string> files;
    for (const auto& release : read_all(connection.query(over, now.microseconds))) {
        end(connection, log_, release, "expired", now);
        files.push_back(release.file);
    }
    return files;
}

std::optional<Release> Releases::find(Connection& connection, const policies::ReleaseId& id) const {
    auto row = connection.query(by_id, id.text());
    return row.step() ? std::optional(read(row)) : std::nullopt;
}

bool Releases::was_withdrawn(Connection& connection, const policies::ReleaseId& id) const {
    return connection.query("SELECT 1 FROM release_withdrawn WHERE id = ?", id.text()).step();
}

std::optional<Release>
Releases::find_for(Connection& connection, const policies::ReleaseId& id, const policies::GrantId& grant, policies::Instant now) const {
    auto release = find(connection, id);
    const bool may = release && release->grant == grant && now < release->expires_at &&
                     connection.query("SELECT 1 FROM posting WHERE grant_id = ? AND state != 'withdrawn'", grant.text()).step();
    return may ? std::move(release) : std::nullopt;
}

std::vector<Release> Releases::list_for(Connection& connection, const policies::GrantId& grant, policies::Instant now) const {
    return read_all(connection.query(readable, grant.text(), now.microseconds, releases_listed_max));
}

std::vector<Release> Releases::all(Connection& connection) const {
    return read_all(connection.query(everything));
}

void Releases::first_read(Connection& connection, const policies::ReleaseId& id, policies::Instant now) {
    const auto changed = connection.run("UPDATE release SET read_at = ? WHERE id = ? AND read_at IS NULL", now.microseconds, id.text());
    if (changed == 0) {
        return;
    }
    const auto known = find(connection, id);
    log_.append(connection, {"release.read", {{"release", id.text()}, {"grant", known->grant.text()}}, {}}, now);
}

}  // namespace storage::edge
