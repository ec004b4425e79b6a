#include "storage/edge/schema.hpp"

#include "storage/merkle_log.hpp"

#include <array>

namespace storage::edge {
namespace {

// Instants are microseconds since 1970. Digests are blobs of 32 bytes.
constexpr const char* first_tables =
    "CREATE TABLE posting ("
    " grant_id TEXT PRIMARY KEY,"
    " version INTEGER NOT NULL,"
    " token_hash BLOB NOT NULL UNIQUE,"
    " state TEXT NOT NULL CHECK (state IN ('open', 'paused', 'withdrawn', 'closed')),"
    " epoch INTEGER NOT NULL,"
    " expires_at INTEGER NOT NULL,"
    " policy BLOB NOT NULL,"
    " envelope BLOB NOT NULL,"
    " file_bytes_max INTEGER NOT NULL,"
    " files_max INTEGER NOT NULL,"
    " open_uploads_max INTEGER NOT NULL"
    ") STRICT;"
    "CREATE TABLE posting_item ("
    " grant_id TEXT NOT NULL REFERENCES posting,"
    " position INTEGER NOT NULL,"
    " code TEXT NOT NULL,"
    " file_bytes_max INTEGER NOT NULL,"
    " files_max INTEGER NOT NULL,"
    " PRIMARY KEY (grant_id, code)"
    ") STRICT;"
    "CREATE TABLE upload ("
    " id TEXT PRIMARY KEY,"
    " grant_id TEXT NOT NULL REFERENCES posting,"
    " item TEXT NOT NULL,"
    " metadata TEXT NOT NULL,"  // of the creation, as it was said: ids in base64
    " state TEXT NOT NULL CHECK (state IN ('receiving', 'sealed', 'taken', 'aborted')),"
    " size INTEGER NOT NULL,"
    " arrived INTEGER NOT NULL CHECK (arrived BETWEEN 0 AND size),"
    " epoch INTEGER NOT NULL,"
    " created_at INTEGER NOT NULL,"
    " looked_at INTEGER NOT NULL DEFAULT 0,"  // 1: the age header is whole and good
    " sha256 BLOB,"
    " mac BLOB,"
    " manifest_sha256 BLOB,"
    " log_index INTEGER,"
    " outcome_version INTEGER,"
    " outcome BLOB,"
    " CHECK (state IN ('receiving', 'aborted') OR (arrived = size AND looked_at = 1 AND log_index IS NOT NULL))"
    ") STRICT;"
    "CREATE INDEX upload_of_grant ON upload (grant_id, created_at);"
    "CREATE INDEX upload_receiving ON upload (grant_id) WHERE state = 'receiving';"
    "CREATE INDEX upload_sealed ON upload (id) WHERE state = 'sealed';"
    "CREATE TABLE manifest ("
    " upload_id TEXT PRIMARY KEY REFERENCES upload,"
    " bytes BLOB NOT NULL"
    ") STRICT;";

constexpr const char* idle_and_quota =
    "ALTER TABLE upload ADD COLUMN touched_at INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE upload ADD COLUMN place_free INTEGER NOT NULL DEFAULT 0;"  // 1: core asks for another file instead of this one
    "UPDATE upload SET touched_at = created_at;"
    "ALTER TABLE posting ADD COLUMN bytes_max INTEGER NOT NULL DEFAULT 9223372036854775807;";

constexpr const char* two_protocols =
    "ALTER TABLE upload ADD COLUMN protocol TEXT NOT NULL DEFAULT 'tus' CHECK (protocol IN ('tus', 'resumable'));"
    "ALTER TABLE upload ADD COLUMN length_known INTEGER NOT NULL DEFAULT 1;"  // 0: size is the most that may arrive
    "ALTER TABLE upload ADD COLUMN complete INTEGER NOT NULL DEFAULT 0;"      // 1: all bytes are there, and these are all
    "ALTER TABLE upload ADD COLUMN repr_digest TEXT NOT NULL DEFAULT '';"     // RFC 9530, as it was announced
    "UPDATE upload SET complete = 1 WHERE arrived = size;";

constexpr const char* releases = "CREATE TABLE release ("
                                 " id TEXT PRIMARY KEY,"
                                 " grant_id TEXT NOT NULL REFERENCES posting,"
                                 " size INTEGER NOT NULL,"
                                 " sha256 BLOB NOT NULL,"
                                 " description BLOB NOT NULL,"  // ciphertext for the reader
                                 " expires_at INTEGER NOT NULL,"
                                 " file TEXT NOT NULL UNIQUE,"
                                 " taken_at INTEGER NOT NULL,"
                                 " read_at INTEGER"  // when it was fetched first
                                 ") STRICT;"
                                 "CREATE INDEX release_of_grant ON release (grant_id, taken_at);"
                                 "CREATE INDEX release_expiry ON release (expires_at);"
                                 "CREATE TABLE release_withdrawn (id TEXT PRIMARY KEY, at INTEGER NOT NULL) STRICT, WITHOUT ROWID;";
// Who may speak for a grant besides its link, by digest, and whose tokens say who they are.
constexpr const char* machines = "CREATE TABLE posting_machine ("
                                 " grant_id TEXT NOT NULL REFERENCES posting,"
                                 " kind TEXT NOT NULL CHECK (kind IN ('client', 'certificate')),"
                                 " sha256 BLOB NOT NULL,"
                                 " PRIMARY KEY (kind, sha256, grant_id)"
                                 ") STRICT, WITHOUT ROWID;"
                                 "CREATE INDEX posting_machine_grant ON posting_machine (grant_id);"
                                 "CREATE TABLE issuer (issuer TEXT PRIMARY KEY, audience TEXT NOT NULL) STRICT;"
                                 "CREATE TABLE issuer_key ("
                                 " issuer TEXT NOT NULL REFERENCES issuer,"
                                 " algorithm TEXT NOT NULL CHECK (algorithm IN ('ES256', 'PS256', 'RS256', 'EdDSA')),"
                                 " jwk TEXT NOT NULL"
                                 ") STRICT;"
                                 "CREATE TABLE issuer_set (id INTEGER PRIMARY KEY CHECK (id = 1), sha256 BLOB NOT NULL) STRICT;";

}  // namespace

Schema schema() {
    static const std::array<const char*, 6> scripts = {log_schema, first_tables, idle_and_quota, two_protocols, releases, machines};
    return scripts;
}

}  // namespace storage::edge
