#include "storage/connection.hpp"

#include "tests/catch.hpp"
#include "tests/storage/scratch.hpp"

#include <limits>

using storage::Connection;

TEST_CASE("values come back as they were bound") {
    const tests::Scratch scratch;
    Connection connection(scratch / "a.db", Connection::Mode::read_write);
    connection.script("CREATE TABLE t (i INTEGER, s TEXT, b BLOB, n TEXT) STRICT");
    const crypto::Bytes blob = {0, 1, 0, 255};
    const std::string text("a\0b'\"; DROP TABLE t", 19);
    connection.run("INSERT INTO t VALUES (?, ?, ?, ?)", std::numeric_limits<std::int64_t>::min(), text, blob, nullptr);
    connection.run("INSERT INTO t VALUES (?, ?, ?, ?)", 0, "", crypto::Bytes(), std::optional<std::string>("x"));

    auto row = connection.query("SELECT i, s, b, n FROM t ORDER BY rowid");
    REQUIRE(row.step());
    CHECK(row.integer(0) == std::numeric_limits<std::int64_t>::min());
    CHECK(row.text(1) == text);
    CHECK(row.blob(2) == blob);
    CHECK_FALSE(row.optional_text(3).has_value());
    REQUIRE(row.step());
    CHECK_FALSE(row.is_null(1));
    CHECK(row.text(1).empty());
    CHECK_FALSE(row.is_null(2));
    CHECK(row.optional_text(3) == "x");
    CHECK_FALSE(row.step());
}

TEST_CASE("an integer over 2^63 - 1 is refused, not wrapped") {
    const tests::Scratch scratch;
    Connection connection(scratch / "a.db", Connection::Mode::read_write);
    const auto most = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
    auto row = connection.query("SELECT ?", most);
    REQUIRE(row.step());
    CHECK(static_cast<std::uint64_t>(row.integer(0)) == most);
    CHECK_THROWS_AS(connection.query("SELECT ? + 0", most + 1), storage::DatabaseError);
}

TEST_CASE("the settings that durability and safety stand on are on") {
    const tests::Scratch scratch;
    Connection connection(scratch / "a.db", Connection::Mode::read_write);
    const auto setting = [&](const char* sql) {
        auto row = connection.query(sql);
        REQUIRE(row.step());
        return row.text(0);
    };
    CHECK(setting("PRAGMA journal_mode") == "wal");
    CHECK(setting("PRAGMA synchronous") == "2");
    CHECK(setting("PRAGMA foreign_keys") == "1");
    CHECK(setting("PRAGMA trusted_schema") == "0");
    CHECK(setting("PRAGMA secure_delete") == "1");
    CHECK_THROWS_AS(connection.query("SELECT \"misspelt\""), storage::DatabaseError);  // no double-quoted texts
}
