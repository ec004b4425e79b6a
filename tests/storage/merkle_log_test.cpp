#include "storage/merkle_log.hpp"

#include "crypto/encoding.hpp"
#include "storage/database.hpp"
#include "tests/catch.hpp"
#include "tests/storage/scratch.hpp"

#include <array>

using policies::Instant;
using storage::Connection;
using storage::Database;
using storage::Errc;
using storage::Result;

namespace {

constexpr std::uint64_t seed = 20261124;

struct Log {
    tests::Scratch scratch;
    tests::SeededRandom random{seed};
    storage::MerkleLog log{crypto::NoteSigner::generate("log.example", random), random};
    std::unique_ptr<Database> database;

    Log() {
        INFO("seed " << seed);
        reopen();
    }
    void reopen() {
        database.reset();
        const std::array<const char*, 1> schema = {storage::log_schema};
        auto opened = Database::open(scratch / "log.db", schema);
        REQUIRE(opened.has_value());
        database = std::move(*opened);
        database->at_end_of_batch([this](Connection& connection) { log.end_batch(connection); });
    }
    Result<std::uint64_t> append(const std::string& act, Instant now = {}, std::map<std::string, std::string> committed = {}) {
        return database->commit([&](Connection& connection) -> Result<std::uint64_t> {
            return log.append(connection, {act, {{"upload", std::string("x")}, {"size", std::int64_t{5}}}, committed}, now);
        });
    }
    void append_many(std::uint64_t count) {
        const auto done = database->commit([&](Connection& connection) -> Result<void> {
            for (std::uint64_t number = 0; number < count; ++number) {
                log.append(connection, {"test.many", {}, {}}, {});
            }
            return {};
        });
        REQUIRE(done.has_value());
    }
    Result<crypto::Receipt> receipt(std::uint64_t index) {
        return database->read([&](Connection& connection) { return log.receipt(connection, index); });
    }
    Result<std::uint64_t> verify() {
        return database->read([&](Connection& connection) { return log.verify(connection); });
    }
    void tamper(const char* sql) {
        const auto done = database->commit([&](Connection& connection) -> Result<void> {
            connection.script("DROP TRIGGER IF EXISTS log_entry_stays; DROP TRIGGER IF EXISTS log_entry_remains");
            connection.script(sql);
            return {};
        });
        REQUIRE(done.has_value());
    }
    bool receipt_is_good(std::uint64_t index) {
        const auto found = receipt(index);
        return found.has_value() && crypto::verify_receipt(*found, std::span(&log.verifier(), 1)).has_value();
    }
};

}  // namespace

TEST_CASE("a leaf is canonical JSON with the log's own members") {
    Log log;
    REQUIRE(log.append("upload.sealed", *Instant::parse("2026-11-24T18:39:09Z")).has_value());
    const auto receipt = log.receipt(0);
    REQUIRE(receipt.has_value());
    CHECK(
        crypto::as_text(receipt->leaf) ==
        R"({"act":"upload.sealed","log":"log.example","seq":0,"size":5,"ts":"2026-11-24T18:39:09.000000Z","upload":"x","v":1})"
    );
}

TEST_CASE("the log's time never steps back") {
    Log log;
    REQUIRE(log.append("test.one", {2'000'000}).has_value());
    REQUIRE(log.append("test.two", {1'000'000}).has_value());
    CHECK_THAT(std::string(crypto::as_text(log.receipt(1)->leaf)), ContainsSubstring("\"ts\":\"1970-01-01T00:00:02.000000Z\""));
}

TEST_CASE("every entry has a receipt that verifies, at sizes around the edges of tiles") {
    Log log;
    std::uint64_t size = 0;
    for (const std::uint64_t target : {1U, 2U, 3U, 255U, 256U, 257U, 600U}) {
        log.append_many(target - size);
        size = target;
        for (const std::uint64_t index : {std::uint64_t{0}, size / 2, size - 1}) {
            INFO("size " << size << " index " << index);
            CHECK(log.receipt_is_good(index));
        }
        CHECK(log.receipt(size).error() == Errc::not_found);
        REQUIRE(log.verify().has_value());
        CHECK(*log.verify() == size);
    }
    const auto text = crypto::format_receipt(*log.receipt(300));
    const auto parsed = crypto::parse_receipt(text);
    REQUIRE(parsed.has_value());
    CHECK(crypto::verify_receipt(*parsed, std::span(&log.log.verifier(), 1))->head.size == 600);
}

TEST_CASE("a witness that was away reads up in steps: a note about the log at any size it had") {
    Log log;
    std::vector<crypto::merkle::TreeHead> heads;
    const auto read_note = [&log](std::uint64_t size_max) {
        const auto note = log.database->read([&](Connection& connection) { return log.log.checkpoint_up_to(connection, size_max); });
        return crypto::merkle::open_checkpoint(*note, std::span(&log.log.verifier(), 1))->head;
    };
    for (std::uint64_t size = 1; size <= 520; ++size) {
        log.append_many(1);
        heads.push_back(read_note(size));
        CHECK(read_note(1'000).size == size);
    }
    for (std::uint64_t size = 1; size <= 520; ++size) {
        INFO(size);
        CHECK(read_note(size).size == size);
        CHECK(read_note(size).root == heads[size - 1].root);
    }
}

TEST_CASE("the log goes on after the program was started again") {
    Log log;
    log.append_many(300);
    log.reopen();
    tests::SeededRandom random(seed);
    storage::MerkleLog again(crypto::NoteSigner::generate("log.example", random), random);  // the same seed gives the same key
    REQUIRE(again.verifier().vkey() == log.log.verifier().vkey());
    log.database->at_end_of_batch([&again](Connection& connection) { again.end_batch(connection); });
    const auto index = log.database->commit([&](Connection& connection) -> Result<std::uint64_t> {
        return again.append(connection, {"test.after", {}, {}}, {});
    });
    CHECK(*index == 300);
    CHECK(log.receipt_is_good(300));
    CHECK(*log.verify() == 301);
}

TEST_CASE("a job that is undone leaves no leaf behind") {
    Log log;
    log.append_many(5);
    for (int round = 0; round < 3; ++round) {
        const auto undone = log.database->commit([&](Connection& connection) -> Result<void> {
            log.log.append(connection, {"test.undone", {}, {}}, {});
            return Errc::refused;
        });
        CHECK(undone.error() == Errc::refused);
        REQUIRE(log.append("test.kept").has_value());
    }
    CHECK(*log.verify() == 8);
    CHECK(log.receipt_is_good(7));
}

TEST_CASE("a batch that cannot commit leaves no leaf behind") {
    Log log;
    log.append_many(5);
    bool fails = true;
    log.database->at_end_of_batch([&](Connection& connection) {
        log.log.end_batch(connection);
        if (fails) {
            throw storage::DatabaseError(10, "disk I/O error");
        }
    });
    CHECK(log.append("test.lost").error() == Errc::io);
    fails = false;
    REQUIRE(log.append("test.kept").has_value());
    CHECK(*log.verify() == 6);
    CHECK(log.receipt_is_good(5));
}

TEST_CASE("committed values stand beside the log: they can go, the proof stays") {
    Log log;
    REQUIRE(log.append("document.filed", {}, {{"name", "report.pdf"}, {"plainSha256", "00"}}).has_value());
    const auto leaf = std::string(crypto::as_text(log.receipt(0)->leaf));
    CHECK(leaf.find("report.pdf") == std::string::npos);
    const auto disclosures =
        log.database->read([&](Connection& connection) -> Result<std::vector<std::string>> { return log.log.disclosures(connection, 0); });
    REQUIRE(disclosures->size() == 2);
    for (const auto& disclosure : *disclosures) {
        CHECK_THAT(leaf, ContainsSubstring(crypto::to_base64url(crypto::sha256(crypto::as_bytes(disclosure)).bytes)));
    }
    CHECK(log.verify().has_value());
    SECTION("erased") {
        log.tamper("DELETE FROM log_disclosure");
        CHECK(log.verify().has_value());
        CHECK(log.receipt_is_good(0));
    }
    SECTION("altered") {
        log.tamper("UPDATE log_disclosure SET disclosure = 'A' || substr(disclosure, 2)");
        CHECK(log.verify().error() == Errc::damaged);
    }
}

TEST_CASE("the table of entries refuses to be changed") {
    Log log;
    log.append_many(3);
    for (const auto* sql : {"UPDATE log_entry SET leaf = x'00' WHERE seq = 1", "DELETE FROM log_entry WHERE seq = 2"}) {
        const auto changed = log.database->commit([&](Connection& connection) -> Result<std::int64_t> { return connection.run(sql); });
        CHECK(changed.error() == Errc::conflict);
    }
}

TEST_CASE("one byte changed in an entry, a tile or the checkpoint is found") {
    Log log;
    log.append_many(600);
    REQUIRE(log.verify().has_value());
    const auto* sql = GENERATE(
        "UPDATE log_entry SET leaf = CAST(replace(CAST(leaf AS TEXT), 'test.many', 'test.mani') AS BLOB) WHERE seq = 300",
        "DELETE FROM log_entry WHERE seq = 599",
        "DELETE FROM log_entry WHERE seq = 10",
        "UPDATE log_tile SET hashes = x'00' || substr(hashes, 2) WHERE level = 0 AND idx = 1",
        "UPDATE log_tile SET hashes = substr(hashes, 1, length(hashes) - 1) || x'00' WHERE level = 0 AND idx = 2",
        "UPDATE log_tile SET hashes = x'00' || substr(hashes, 2) WHERE level = 1",
        "DELETE FROM log_tile WHERE level = 0 AND idx = 0",
        "INSERT INTO log_tile (level, idx, hashes) VALUES (5, 0, x'00')",
        "UPDATE log_checkpoint SET note = replace(note, 'log.example', 'log.exampel')",
        "UPDATE log_checkpoint SET note = replace(note, '600', '599')",
        "UPDATE log_checkpoint SET note = substr(note, 1, length(note) - 4) || 'AA=' || char(10)",
        "DELETE FROM log_checkpoint"
    );
    INFO(sql);
    // STRICT tables take a blob for a blob: || gives text.
    std::string statement = sql;
    if (const auto at = statement.find("SET hashes = "); at != std::string::npos) {
        const auto where = statement.find(" WHERE");
        statement = statement.substr(0, at) + "SET hashes = CAST(" + statement.substr(at + 13, where - at - 13) + " AS BLOB)" +
                    statement.substr(where);
    }
    log.database->at_end_of_batch([](Connection&) {});  // no new checkpoint over the damage
    log.tamper(statement.c_str());
    CHECK(log.verify().error() == Errc::damaged);
}
