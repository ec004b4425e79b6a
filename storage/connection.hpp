// One SQLite connection and its prepared statements. The only includer of sqlite3.h is connection.cpp. A connection belongs to one
// thread at a time (Database sees to that). Failures throw DatabaseError; only start-up and Database catch it.
//
//   for (auto row = connection.query("SELECT id, size FROM upload WHERE grant_id = ?", grant.text()); row.step();)
//       use(row.text(0), row.integer(1));
#pragma once

#include "crypto/bytes.hpp"
#include "storage/errors.hpp"

#include <filesystem>
#include <memory>
#include <optional>

struct sqlite3;
struct sqlite3_stmt;

namespace storage {

class Statement {
public:
    bool step();  // true while there is a row
    std::int64_t integer(int column) const;
    std::string text(int column) const;
    crypto::Bytes blob(int column) const;
    bool is_null(int column) const;
    std::optional<std::string> optional_text(int column) const;
    std::optional<std::int64_t> optional_integer(int column) const;

    void bind(int position, std::int64_t value);
    void bind(int position, std::uint64_t value);  // throws above 2^63 - 1
    void bind(int position, int value) { bind(position, static_cast<std::int64_t>(value)); }
    void bind(int position, bool value) { bind(position, static_cast<std::int64_t>(value)); }
    void bind(int position, std::string_view value);
    void bind(int position, const char* value) { bind(position, std::string_view(value)); }
    void bind(int position, const std::string& value) { bind(position, std::string_view(value)); }
    void bind(int position, crypto::ByteView value);
    void bind(int position, const crypto::Bytes& value) { bind(position, crypto::ByteView(value)); }
    void bind(int position, std::nullptr_t);
    template <class T>
    void bind(int position, const std::optional<T>& value) {
        value ? bind(position, *value) : bind(position, nullptr);
    }

    ~Statement();
    Statement(Statement&& other) noexcept;
    Statement(const Statement&) = delete;
    Statement& operator=(const Statement&) = delete;
    Statement& operator=(Statement&&) = delete;

private:
    friend class Connection;
    Statement(sqlite3* database, sqlite3_stmt* statement) noexcept : database_(database), statement_(statement) {}
    sqlite3* database_;
    sqlite3_stmt* statement_;  // owned by the connection's cache; reset when this goes
};

class Connection {
public:
    enum class Mode { read_write, read_only };
    Connection(const std::filesystem::path& file, Mode mode);
    ~Connection();
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    // Positions count from 1 in the order of the question marks. One statement text, one live Statement at a time.
    template <class... Values>
    Statement query(std::string_view sql, const Values&... values) {
        Statement statement = prepare(sql);
        int position = 0;
        (statement.bind(++position, values), ...);
        return statement;
    }

    // Runs a statement that gives no rows; returns how many rows it changed.
    template <class... Values>
    std::int64_t run(std::string_view sql, const Values&... values) {
        Statement statement = query(sql, values...);
        statement.step();
        return changes();
    }

    void script(const char* sql);  // several statements, no values: schema and transaction control
    std::int64_t changes() const noexcept;
    std::int64_t total_changes() const noexcept;  // since it was opened
    bool in_transaction() const noexcept;         // false after an error that made SQLite roll everything back

private:
    Statement prepare(std::string_view sql);
    struct State;
    std::unique_ptr<State> state_;
};

// What a failure means to a caller; nothing when the statement itself was wrong (a programmer's error, which stays an exception).
std::optional<Errc> errc_of(const DatabaseError& error) noexcept;

}  // namespace storage
