#include "storage/merkle_log.hpp"

#include "crypto/encoding.hpp"
#include "crypto/ensure.hpp"
#include "storage/merkle_tiles.hpp"

#include <nlohmann/json.hpp>

namespace storage {
namespace {

constexpr std::size_t leaf_bytes_max = 4096;
constexpr std::size_t salt_bytes = 16;

// Where the log ends, as the table says. Asked at each use of the frontier, because a savepoint or a whole batch may have been undone.
struct End {
    std::uint64_t size = 0;
    policies::Instant last;
};

End end_of(Connection& connection) {
    auto row = connection.query("SELECT seq, ts FROM log_entry ORDER BY seq DESC LIMIT 1");
    if (!row.step()) {
        return {};
    }
    return {static_cast<std::uint64_t>(row.integer(0)) + 1, policies::Instant{row.integer(1)}};
}

crypto::Bytes leaf_of(Connection& connection, std::uint64_t index) {
    auto row = connection.query("SELECT leaf FROM log_entry WHERE seq = ?", index);
    return row.step() ? row.blob(0) : crypto::Bytes();
}

// RFC 9901 section 4.2.1: base64url of the JSON array [salt, name, value].
std::string make_disclosure(crypto::Random& random, const std::string& name, const std::string& value) {
    std::array<std::uint8_t, salt_bytes> salt{};
    random.fill(salt);
    const auto text = nlohmann::json::array({crypto::to_base64url(salt), name, value}).dump();
    return crypto::to_base64url(crypto::as_bytes(text));
}

// RFC 9901 section 4.2.3: the digest is over the text as it is handed out.
std::string disclosure_digest(std::string_view disclosure) {
    return crypto::to_base64url(crypto::sha256(crypto::as_bytes(disclosure)).bytes);
}

bool disclosures_fit(Connection& connection) {
    auto row = connection.query("SELECT seq, disclosure FROM log_disclosure ORDER BY seq");
    while (row.step()) {
        const auto leaf = leaf_of(connection, static_cast<std::uint64_t>(row.integer(0)));
        const auto json = nlohmann::json::parse(crypto::as_text(leaf), nullptr, false);
        const auto digests = json.is_object() ? json.value("_sd", nlohmann::json::array()) : nlohmann::json::array();
        if (std::find(digests.begin(), digests.end(), disclosure_digest(row.text(1))) == digests.end()) {
            return false;
        }
    }
    return true;
}

}  // namespace

const char* const log_schema =
    "CREATE TABLE log_entry (seq INTEGER PRIMARY KEY, ts INTEGER NOT NULL, leaf BLOB NOT NULL) STRICT;"
    "CREATE TRIGGER log_entry_stays BEFORE UPDATE ON log_entry BEGIN SELECT RAISE(ABORT, 'the log only grows'); END;"
    "CREATE TRIGGER log_entry_remains BEFORE DELETE ON log_entry BEGIN SELECT RAISE(ABORT, 'the log only grows'); END;"
    "CREATE TABLE log_tile (level INTEGER NOT NULL, idx INTEGER NOT NULL, hashes BLOB NOT NULL, PRIMARY KEY (level, idx)) STRICT;"
    "CREATE TABLE log_checkpoint (id INTEGER PRIMARY KEY CHECK (id = 1), size INTEGER NOT NULL, note TEXT NOT NULL) STRICT;"
    "CREATE TABLE log_disclosure (seq INTEGER NOT NULL REFERENCES log_entry, disclosure TEXT NOT NULL, PRIMARY KEY (seq, disclosure)) "
    "STRICT;";

MerkleLog::MerkleLog(crypto::NoteSigner signer, crypto::Random& random) : signer_(std::move(signer)), random_(random) {}

const std::string& MerkleLog::origin() const {
    return signer_.verifier().name();
}

const crypto::NoteVerifier& MerkleLog::verifier() const {
    return signer_.verifier();
}

void MerkleLog::follow(Connection& connection, std::uint64_t size) {
    // Equal sizes mean equal trees: only this object appends, and each append looks at the table first.
    if (frontier_ && frontier_->size() == size) {
        return;
    }
    auto read = crypto::merkle::Frontier::read(size, TileReader(connection));
    if (read.has_error()) {
        throw DatabaseError(damaged_log, "the tiles of the log do not hold its frontier");
    }
    frontier_ = std::move(*read);
}

std::uint64_t MerkleLog::append(Connection& connection, const Entry& entry, policies::Instant now) {
    const auto end = end_of(connection);
    follow(connection, end.size);
    const auto moment = std::max(now, end.last);  // a clock that steps back does not turn the log's time

    nlohmann::json leaf = {{"v", 1}, {"log", origin()}, {"seq", end.size}, {"ts", moment.text()}, {"act", entry.act}};
    for (const auto& [name, value] : entry.fields) {
        crypto::ensure(!leaf.contains(name) && name != "_sd", "an entry's field does not take a name of the log");
        std::visit([&leaf, &field = name](const auto& held) { leaf[field] = held; }, value);
    }
    std::vector<std::string> disclosures;
    std::vector<std::string> digests;
    for (const auto& [name, value] : entry.committed) {
        disclosures.push_back(make_disclosure(random_, name, value));
        digests.push_back(disclosure_digest(disclosures.back()));
    }
    if (!digests.empty()) {
        std::sort(digests.begin(), digests.end());
        leaf["_sd"] = digests;
    }
    const auto text = leaf.dump();  // keys sorted, no spaces: RFC 8785 for what we put in
    crypto::ensure(text.size() <= leaf_bytes_max, "a leaf stays under 4 KiB");

    connection.run("INSERT INTO log_entry (seq, ts, leaf) VALUES (?, ?, ?)", end.size, moment.microseconds, crypto::as_bytes(text));
    for (const auto& disclosure : disclosures) {
        connection.run("INSERT INTO log_disclosure (seq, disclosure) VALUES (?, ?)", end.size, disclosure);
    }
    for (const auto& [node, hash] : frontier_->append(crypto::merkle::leaf_hash(crypto::as_bytes(text)))) {
        add_to_tiles(connection, node, hash);
    }
    return end.size;
}

void MerkleLog::end_batch(Connection& connection) {
    const auto size = end_of(connection).size;
    auto newest = connection.query("SELECT size FROM log_checkpoint WHERE id = 1");
    if (newest.step() && static_cast<std::uint64_t>(newest.integer(0)) == size) {
        return;
    }
    follow(connection, size);
    const auto note = signer_.sign(crypto::merkle::format_checkpoint({origin(), {size, frontier_->root()}}));
    connection.run("INSERT OR REPLACE INTO log_checkpoint (id, size, note) VALUES (1, ?, ?)", size, note);
}

Result<std::string> MerkleLog::checkpoint(Connection& connection) const {
    auto row = connection.query("SELECT note FROM log_checkpoint WHERE id = 1");
    if (!row.step()) {
        return Errc::not_found;
    }
    return row.text(0);
}

Result<std::string> MerkleLog::checkpoint_up_to(Connection& connection, std::uint64_t size_max) const {
    auto row = connection.query("SELECT size, note FROM log_checkpoint WHERE id = 1");
    if (!row.step()) {
        return Errc::not_found;
    }
    if (static_cast<std::uint64_t>(row.integer(0)) <= size_max) {
        return row.text(1);
    }
    const auto then = crypto::merkle::Frontier::read(size_max, TileReader(connection));
    if (then.has_error()) {
        return Errc::damaged;
    }
    return signer_.sign(crypto::merkle::format_checkpoint({origin(), {size_max, then->root()}}));
}

Result<crypto::Receipt> MerkleLog::receipt(Connection& connection, std::uint64_t index) const {
    auto row = connection.query("SELECT size, note FROM log_checkpoint WHERE id = 1");
    if (!row.step() || index >= static_cast<std::uint64_t>(row.integer(0))) {
        return Errc::not_found;
    }
    auto proof = crypto::merkle::prove_inclusion(index, static_cast<std::uint64_t>(row.integer(0)), TileReader(connection));
    if (proof.has_error()) {
        return Errc::damaged;
    }
    return crypto::Receipt{leaf_of(connection, index), index, std::move(*proof), row.text(1)};
}

std::vector<crypto::Bytes> MerkleLog::entries(Connection& connection, std::uint64_t from, std::size_t count_max) const {
    std::vector<crypto::Bytes> found;
    auto row = connection.query("SELECT leaf FROM log_entry WHERE seq >= ? ORDER BY seq LIMIT ?", from, std::uint64_t{count_max});
    while (row.step()) {
        found.push_back(row.blob(0));
    }
    return found;
}

std::vector<std::string> MerkleLog::disclosures(Connection& connection, std::uint64_t index) const {
    std::vector<std::string> found;
    auto row = connection.query("SELECT disclosure FROM log_disclosure WHERE seq = ? ORDER BY disclosure", index);
    while (row.step()) {
        found.push_back(row.text(0));
    }
    return found;
}

Result<std::uint64_t> MerkleLog::verify(Connection& connection) const {
    crypto::merkle::Frontier frontier;
    TileCheck tiles(connection);
    auto row = connection.query("SELECT seq, leaf FROM log_entry ORDER BY seq");
    while (row.step()) {
        if (static_cast<std::uint64_t>(row.integer(0)) != frontier.size()) {
            return Errc::damaged;  // an entry is missing
        }
        for (const auto& [node, hash] : frontier.append(crypto::merkle::leaf_hash(row.blob(1)))) {
            if (!tiles.add(node, hash)) {
                return Errc::damaged;
            }
        }
    }
    if (!tiles.finish() || !disclosures_fit(connection)) {
        return Errc::damaged;
    }
    const auto note = checkpoint(connection);
    if (note.has_error()) {
        return frontier.size() == 0 ? Result<std::uint64_t>(0) : Errc::damaged;
    }
    const auto signed_head = crypto::merkle::open_checkpoint(*note, std::span(&verifier(), 1));
    if (signed_head.has_error() || signed_head->origin != origin() || signed_head->head.size != frontier.size() ||
        signed_head->head.root != frontier.root()) {
        return Errc::damaged;
    }
    return frontier.size();
}

}  // namespace storage
