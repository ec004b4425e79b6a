#include "storage/core/schema.hpp"

#include "storage/merkle_log.hpp"

#include <array>

namespace storage::core {

namespace {

const char* const version_1 = R"sql(
CREATE TABLE staff (
    id TEXT PRIMARY KEY, user TEXT NOT NULL UNIQUE, name TEXT NOT NULL, mail TEXT NOT NULL, phone TEXT NOT NULL, roles TEXT NOT NULL,
    password TEXT NOT NULL, created_at INTEGER NOT NULL, changed_at INTEGER NOT NULL
) STRICT;
CREATE TABLE staff_session (
    token_hash BLOB PRIMARY KEY, staff_id TEXT NOT NULL REFERENCES staff (id), opened_at INTEGER NOT NULL, seen_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE login_failure (user_hash BLOB PRIMARY KEY, failures INTEGER NOT NULL, last_at INTEGER NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE case_type (
    sha256 BLOB PRIMARY KEY, id TEXT NOT NULL, version TEXT NOT NULL, text TEXT NOT NULL, current INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE dossier (
    id TEXT PRIMARY KEY, case_number TEXT NOT NULL UNIQUE, case_type TEXT NOT NULL, case_type_version TEXT NOT NULL,
    case_type_sha256 BLOB NOT NULL REFERENCES case_type (sha256), subject TEXT NOT NULL, status TEXT NOT NULL,
    handler TEXT NOT NULL REFERENCES staff (id), advising_doctor TEXT REFERENCES staff (id),
    opened_at INTEGER NOT NULL, closed_at INTEGER
) STRICT;
CREATE INDEX dossier_handler ON dossier (handler);
CREATE INDEX dossier_advising_doctor ON dossier (advising_doctor);
CREATE TABLE compartment (
    id TEXT PRIMARY KEY, dossier_id TEXT NOT NULL REFERENCES dossier (id), name TEXT NOT NULL, recipient TEXT NOT NULL,
    sealed_identity BLOB NOT NULL, UNIQUE (dossier_id, name)
) STRICT;

CREATE TABLE party (
    id TEXT PRIMARY KEY, dossier_id TEXT NOT NULL REFERENCES dossier (id), role TEXT NOT NULL, name TEXT NOT NULL,
    mail TEXT NOT NULL, added_at INTEGER NOT NULL
) STRICT;
CREATE INDEX party_dossier ON party (dossier_id);

CREATE TABLE consent (
    id TEXT PRIMARY KEY, dossier_id TEXT NOT NULL REFERENCES dossier (id), party_id TEXT NOT NULL REFERENCES party (id),
    rule TEXT NOT NULL, valid_from INTEGER NOT NULL, valid_until INTEGER NOT NULL, evidence TEXT NOT NULL, note TEXT NOT NULL
) STRICT;
CREATE INDEX consent_dossier ON consent (dossier_id, party_id);
CREATE TABLE consent_event (
    consent_id TEXT NOT NULL REFERENCES consent (id), sequence INTEGER NOT NULL, state TEXT NOT NULL, at INTEGER NOT NULL,
    by_user TEXT NOT NULL, reason TEXT NOT NULL, PRIMARY KEY (consent_id, sequence)
) STRICT, WITHOUT ROWID;
CREATE TABLE consent_epoch (
    dossier_id TEXT NOT NULL REFERENCES dossier (id), party_id TEXT NOT NULL REFERENCES party (id), epoch INTEGER NOT NULL,
    PRIMARY KEY (dossier_id, party_id)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER consent_event_stays BEFORE UPDATE ON consent_event BEGIN SELECT RAISE(ABORT, 'consent events are never edited'); END;

CREATE TABLE request (
    id TEXT PRIMARY KEY, dossier_id TEXT NOT NULL REFERENCES dossier (id), party_id TEXT NOT NULL REFERENCES party (id),
    made_by TEXT NOT NULL REFERENCES staff (id), deadline INTEGER NOT NULL, message TEXT NOT NULL, language TEXT NOT NULL,
    sent_at INTEGER NOT NULL, closed_at INTEGER
) STRICT;
CREATE INDEX request_dossier ON request (dossier_id);
CREATE TABLE request_item (
    id TEXT PRIMARY KEY, request_id TEXT NOT NULL REFERENCES request (id), position INTEGER NOT NULL, type TEXT NOT NULL,
    required INTEGER NOT NULL, files_max INTEGER NOT NULL, file_bytes_max INTEGER NOT NULL
) STRICT;
CREATE INDEX request_item_request ON request_item (request_id, position);

CREATE TABLE issued_grant (
    id TEXT PRIMARY KEY, request_id TEXT NOT NULL UNIQUE REFERENCES request (id), dossier_id TEXT NOT NULL REFERENCES dossier (id),
    party_id TEXT NOT NULL REFERENCES party (id), token_hash BLOB NOT NULL UNIQUE, sealed_keys BLOB NOT NULL, recipient TEXT NOT NULL,
    sealed_identity BLOB, state TEXT NOT NULL, epoch INTEGER NOT NULL, version INTEGER NOT NULL,
    published_version INTEGER NOT NULL, expires_at INTEGER NOT NULL
) STRICT;
CREATE INDEX issued_grant_party ON issued_grant (dossier_id, party_id);
CREATE INDEX issued_grant_unpublished ON issued_grant (id) WHERE published_version < version;

CREATE TABLE document (
    id TEXT PRIMARY KEY, upload_id TEXT NOT NULL UNIQUE, grant_id TEXT NOT NULL REFERENCES issued_grant (id),
    item_id TEXT NOT NULL REFERENCES request_item (id), request_id TEXT NOT NULL REFERENCES request (id),
    dossier_id TEXT NOT NULL REFERENCES dossier (id), edge_index INTEGER NOT NULL UNIQUE, state TEXT NOT NULL, reason TEXT NOT NULL,
    cipher_size INTEGER NOT NULL, cipher_sha256 BLOB NOT NULL, manifest_sha256 BLOB NOT NULL, mac BLOB NOT NULL,
    accepted_at INTEGER NOT NULL, decided_at INTEGER,
    name TEXT, media_type TEXT, plain_size INTEGER, plain_sha256 BLOB, compartment_id TEXT REFERENCES compartment (id), store_name TEXT,
    consent_id TEXT REFERENCES consent (id), epoch INTEGER, log_index INTEGER,
    outcome_version INTEGER NOT NULL, outcome_published INTEGER NOT NULL
) STRICT;
CREATE INDEX document_dossier ON document (dossier_id);
CREATE INDEX document_item ON document (item_id);
CREATE UNIQUE INDEX document_seal ON document (grant_id, mac) WHERE state != 'redo';
CREATE INDEX document_underway ON document (edge_index) WHERE state IN ('accepted', 'checking', 'filing');
CREATE INDEX document_untold ON document (id) WHERE outcome_published < outcome_version;

CREATE TABLE outbox (
    id INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, dossier_id TEXT NOT NULL REFERENCES dossier (id), recipient TEXT NOT NULL,
    subject TEXT NOT NULL, body TEXT, sealed_body BLOB, message_id TEXT NOT NULL UNIQUE, created_at INTEGER NOT NULL,
    attempts INTEGER NOT NULL, next_at INTEGER NOT NULL, told INTEGER NOT NULL DEFAULT 0, done_at INTEGER
) STRICT;
CREATE INDEX outbox_due ON outbox (next_at) WHERE done_at IS NULL;

CREATE TABLE notice (
    id TEXT PRIMARY KEY, staff_id TEXT NOT NULL REFERENCES staff (id), dossier_id TEXT NOT NULL REFERENCES dossier (id),
    kind TEXT NOT NULL, at INTEGER NOT NULL, done_at INTEGER
) STRICT;
CREATE INDEX notice_staff ON notice (staff_id, at);

CREATE TABLE edge_log (
    id INTEGER PRIMARY KEY CHECK (id = 1), size INTEGER NOT NULL, checkpoint TEXT NOT NULL
) STRICT;
CREATE TABLE edge_node (
    level INTEGER NOT NULL, position INTEGER NOT NULL, hash BLOB NOT NULL, PRIMARY KEY (level, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE key_rotation (id INTEGER PRIMARY KEY CHECK (id = 1), recipient TEXT NOT NULL) STRICT;

CREATE TABLE timeline (
    dossier_id TEXT NOT NULL, log_index INTEGER NOT NULL, at INTEGER NOT NULL, act TEXT NOT NULL, PRIMARY KEY (dossier_id, log_index)
) STRICT, WITHOUT ROWID;
)sql";

// Who acted, as far as the entry says it: staff, or the party whose link it was.
constexpr const char* who_acted = "ALTER TABLE timeline ADD COLUMN staff_id TEXT; ALTER TABLE timeline ADD COLUMN party_id TEXT;";

// A request may have more grants than the mailed link's: each API credential is one. SQLite drops no constraint, so the table is made anew;
// documents keep pointing at its rows, which is looked at when the migration commits.
constexpr const char* credentials = R"sql(
PRAGMA defer_foreign_keys=ON;
CREATE TABLE grant_before AS SELECT * FROM issued_grant;
DROP TABLE issued_grant;
CREATE TABLE issued_grant (
    id TEXT PRIMARY KEY, request_id TEXT NOT NULL REFERENCES request (id), dossier_id TEXT NOT NULL REFERENCES dossier (id),
    party_id TEXT NOT NULL REFERENCES party (id), token_hash BLOB NOT NULL UNIQUE, sealed_keys BLOB NOT NULL, recipient TEXT NOT NULL,
    sealed_identity BLOB, state TEXT NOT NULL, epoch INTEGER NOT NULL, version INTEGER NOT NULL,
    published_version INTEGER NOT NULL, expires_at INTEGER NOT NULL
) STRICT;
INSERT INTO issued_grant SELECT * FROM grant_before;
DROP TABLE grant_before;
CREATE INDEX issued_grant_request ON issued_grant (request_id);
CREATE INDEX issued_grant_party ON issued_grant (dossier_id, party_id);
CREATE INDEX issued_grant_unpublished ON issued_grant (id) WHERE published_version < version;

CREATE TABLE credential (
    grant_id TEXT PRIMARY KEY REFERENCES issued_grant (id), label TEXT NOT NULL, made_by TEXT NOT NULL REFERENCES staff (id),
    made_at INTEGER NOT NULL, valid_until INTEGER NOT NULL, replaced_by TEXT REFERENCES credential (grant_id), revoked_at INTEGER
) STRICT;
CREATE TABLE credential_item (
    grant_id TEXT NOT NULL REFERENCES credential (grant_id), item_id TEXT NOT NULL REFERENCES request_item (id),
    PRIMARY KEY (grant_id, item_id)
) STRICT, WITHOUT ROWID;
)sql";

// The reader of a grant is the recipient made of the link's secret; grants made before have none. `edge`: 0 not told, 1 has it,
// 2 has it no more.
constexpr const char* releases = R"sql(
ALTER TABLE issued_grant ADD COLUMN reader TEXT NOT NULL DEFAULT '';
CREATE TABLE release (
    id TEXT PRIMARY KEY, document_id TEXT NOT NULL REFERENCES document (id), grant_id TEXT NOT NULL REFERENCES issued_grant (id),
    dossier_id TEXT NOT NULL REFERENCES dossier (id), made_by TEXT NOT NULL REFERENCES staff (id), made_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL, header TEXT NOT NULL, withdrawn_at INTEGER, edge INTEGER NOT NULL
) STRICT;
CREATE INDEX release_dossier ON release (dossier_id, made_at);
CREATE INDEX release_grant ON release (grant_id);
CREATE INDEX release_under_way ON release (edge) WHERE edge != 2;
)sql";
// Machines that speak for a grant: OAuth clients (issuer and name), and certificates (no issuer; name is the hex SHA-256 of the DER).
constexpr const char* machines =
    "CREATE TABLE grant_machine (grant_id TEXT NOT NULL REFERENCES issued_grant (id), issuer TEXT NOT NULL, name TEXT NOT NULL,"
    " added_at INTEGER NOT NULL, PRIMARY KEY (grant_id, issuer, name)) STRICT, WITHOUT ROWID;";

}  // namespace

Schema schema() {
    static const std::array<const char*, 6> scripts{version_1, log_schema, who_acted, credentials, releases, machines};
    return scripts;
}

}  // namespace storage::core
