#include "storage/edge/postings.hpp"

#include "crypto/ensure.hpp"
#include "storage/edge/uploads.hpp"

namespace storage::edge {
namespace {

crypto::Digest digest_of(const crypto::Bytes& bytes) {
    const auto digest = crypto::Digest::from_bytes(bytes);
    crypto::ensure(digest.has_value(), "a digest in our own table has 32 bytes");
    return *digest;
}

template <class Id>
Id id_of(const std::string& text) {
    auto id = Id::parse(text);
    crypto::ensure(id.has_value(), "an id in our own table parses");
    return *std::move(id);
}

std::string_view text_of(Postings::MachineKind kind) noexcept {
    return kind == Postings::MachineKind::client ? "client" : "certificate";
}

Machines read_machines(Connection& connection, const policies::GrantId& grant) {
    Machines machines;
    auto row = connection.query("SELECT kind, sha256 FROM posting_machine WHERE grant_id = ? ORDER BY kind, sha256", grant.text());
    while (row.step()) {
        const bool is_client = row.text(0) == text_of(Postings::MachineKind::client);
        (is_client ? machines.clients : machines.certificates).push_back(digest_of(row.blob(1)));
    }
    return machines;
}

void write(Connection& connection, const Posting& posting) {
    connection.run(
        "INSERT INTO posting (grant_id, version, token_hash, state, epoch, expires_at, policy, envelope, file_bytes_max, files_max,"
        " bytes_max, open_uploads_max) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)"
        " ON CONFLICT (grant_id) DO UPDATE SET version = ?2, token_hash = ?3, state = ?4, epoch = ?5, expires_at = ?6, policy = ?7,"
        " envelope = ?8, file_bytes_max = ?9, files_max = ?10, bytes_max = ?11, open_uploads_max = ?12",
        posting.grant.text(),
        posting.version,
        crypto::ByteView(posting.token_hash.bytes),
        text_of(posting.state),
        posting.epoch,
        posting.expires_at.microseconds,
        crypto::ByteView(posting.policy.bytes),
        posting.envelope,
        posting.limits.file_bytes_max,
        posting.limits.files_max,
        posting.limits.bytes_max,
        posting.limits.open_uploads_max
    );
    connection.run("DELETE FROM posting_item WHERE grant_id = ?", posting.grant.text());
    std::uint64_t position = 0;
    for (const auto& item : posting.items) {
        connection.run(
            "INSERT INTO posting_item (grant_id, position, code, file_bytes_max, files_max) VALUES (?, ?, ?, ?, ?)",
            posting.grant.text(),
            position++,
            item.code.text(),
            item.file_bytes_max,
            item.files_max
        );
    }
    connection.run("DELETE FROM posting_machine WHERE grant_id = ?", posting.grant.text());
    const auto add = [&](Postings::MachineKind kind, const std::vector<crypto::Digest>& machines) {
        for (const auto& machine : machines) {
            connection.run(
                "INSERT INTO posting_machine (grant_id, kind, sha256) VALUES (?, ?, ?)",
                posting.grant.text(),
                text_of(kind),
                crypto::ByteView(machine.bytes)
            );
        }
    };
    add(Postings::MachineKind::client, posting.machines.clients);
    add(Postings::MachineKind::certificate, posting.machines.certificates);
}

}  // namespace

std::string_view text_of(GrantState state) noexcept {
    switch (state) {
    case GrantState::open:
        return "open";
    case GrantState::paused:
        return "paused";
    case GrantState::withdrawn:
        return "withdrawn";
    case GrantState::closed:
        break;
    }
    return "closed";
}

std::optional<GrantState> grant_state_of(std::string_view text) noexcept {
    for (const auto state : {GrantState::open, GrantState::paused, GrantState::withdrawn, GrantState::closed}) {
        if (text == text_of(state)) {
            return state;
        }
    }
    return std::nullopt;
}

Result<Postings::Change> Postings::put(Connection& connection, const Posting& posting, policies::Instant now) {
    {
        auto row = connection.query("SELECT version FROM posting WHERE grant_id = ?", posting.grant.text());
        const auto known = row.step() ? static_cast<std::uint64_t>(row.integer(0)) : 0;
        if (known > posting.version) {
            return Errc::conflict;
        }
        if (known == posting.version) {
            return Change{};
        }
    }
    write(connection, posting);
    log_.append(
        connection,
        {"posting.published",
         {{"grant", posting.grant.text()},
          {"version", static_cast<std::int64_t>(posting.version)},
          {"state", std::string(text_of(posting.state))},
          {"epoch", static_cast<std::int64_t>(posting.epoch)},
          {"policy", posting.policy.hex()},
          {"expiresAt", posting.expires_at.text()}},
         {}},
        now
    );

    Change change{true, {}};
    Uploads uploads(log_);
    for (const auto& upload : uploads.receiving_of_grant(connection, posting.grant)) {
        if (Uploads::permits(posting, upload, now)) {
            continue;
        }
        const auto aborted = uploads.abort(connection, upload.id, AbortReason::not_permitted, now);
        crypto::ensure(aborted.has_value(), "an upload that is receiving can be aborted");
        change.aborted.push_back(upload.id);
    }
    return change;
}

std::optional<Posting> Postings::find(Connection& connection, const policies::GrantId& grant) const {
    auto row = connection.query(
        "SELECT version, token_hash, state, epoch, expires_at, policy, envelope, file_bytes_max, files_max, bytes_max,"
        " open_uploads_max FROM posting WHERE grant_id = ?",
        grant.text()
    );
    if (!row.step()) {
        return std::nullopt;
    }
    Posting posting{
        .grant = grant,
        .version = static_cast<std::uint64_t>(row.integer(0)),
        .token_hash = digest_of(row.blob(1)),
        .state = grant_state_of(row.text(2)).value_or(GrantState::closed),
        .epoch = static_cast<std::uint64_t>(row.integer(3)),
        .expires_at = {row.integer(4)},
        .policy = digest_of(row.blob(5)),
        .envelope = row.blob(6),
        .limits =
            {static_cast<std::uint64_t>(row.integer(7)),
             static_cast<std::uint64_t>(row.integer(8)),
             static_cast<std::uint64_t>(row.integer(9)),
             static_cast<std::uint64_t>(row.integer(10))},
        .items = {},
        .machines = read_machines(connection, grant),
    };
    auto item =
        connection.query("SELECT code, file_bytes_max, files_max FROM posting_item WHERE grant_id = ? ORDER BY position", grant.text());
    while (item.step()) {
        posting.items.push_back(
            {id_of<policies::ItemId>(item.text(0)), static_cast<std::uint64_t>(item.integer(1)), static_cast<std::uint64_t>(item.integer(2))
            }
        );
    }
    return posting;
}

std::optional<policies::GrantId> Postings::find_by_token(Connection& connection, const crypto::Digest& token_hash) const {
    auto row = connection.query("SELECT grant_id, token_hash FROM posting WHERE token_hash = ?", crypto::ByteView(token_hash.bytes));
    // The index compares hashes, whose prefixes tell a guesser nothing; the word that counts is said in constant time.
    if (!row.step() || !crypto::equal_in_constant_time(row.blob(1), token_hash.bytes)) {
        return std::nullopt;
    }
    return id_of<policies::GrantId>(row.text(0));
}

std::vector<Postings::Spoken>
Postings::find_by_machine(Connection& connection, MachineKind kind, const crypto::Digest& digest, policies::Instant now) const {
    std::vector<Spoken> grants;
    auto row = connection.query(
        "SELECT grant_id, state = 'open' AND expires_at > ? FROM posting_machine JOIN posting USING (grant_id)"
        " WHERE kind = ? AND sha256 = ? ORDER BY grant_id",
        now.microseconds,
        text_of(kind),
        crypto::ByteView(digest.bytes)
    );
    while (row.step()) {
        grants.push_back({id_of<policies::GrantId>(row.text(0)), row.integer(1) != 0});
    }
    return grants;
}

std::uint64_t Postings::count(Connection& connection) const {
    auto row = connection.query("SELECT count(*) FROM posting");
    return row.step() ? static_cast<std::uint64_t>(row.integer(0)) : 0;
}

}  // namespace storage::edge
