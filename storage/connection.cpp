#include "storage/connection.hpp"

#include "crypto/ensure.hpp"

#include <sqlite3.h>

#include <limits>
#include <unordered_map>

namespace storage {
namespace {

// Frames in the write-ahead log before it is copied back: 4000 pages are 16 MiB. SQLite's default of 1000 costs a third of the speed.
constexpr const char* settings = "PRAGMA synchronous=FULL;"
                                 "PRAGMA foreign_keys=ON;"
                                 "PRAGMA trusted_schema=OFF;"
                                 "PRAGMA secure_delete=ON;"
                                 "PRAGMA cell_size_check=ON;"
                                 "PRAGMA mmap_size=0;"
                                 "PRAGMA temp_store=MEMORY;"
                                 "PRAGMA wal_autocheckpoint=4000;";
constexpr int busy_milliseconds = 5'000;

[[noreturn]] void fail(sqlite3* database, int code) {
    throw DatabaseError(code, database != nullptr ? sqlite3_errmsg(database) : sqlite3_errstr(code));
}

void check(sqlite3* database, int code) {
    if (code != SQLITE_OK) {
        fail(database, code);
    }
}

struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const noexcept { return std::hash<std::string_view>()(text); }
};

}  // namespace

struct Connection::State {
    sqlite3* database = nullptr;
    std::unordered_map<std::string, sqlite3_stmt*, TextHash, std::equal_to<>> statements;

    State() = default;
    State(const State&) = delete;
    State& operator=(const State&) = delete;
    ~State() {
        for (const auto& [sql, statement] : statements) {
            sqlite3_finalize(statement);
        }
        sqlite3_close(database);
    }
};

bool Statement::step() {
    const int code = sqlite3_step(statement_);
    if (code == SQLITE_ROW) {
        return true;
    }
    if (code != SQLITE_DONE) {
        fail(database_, code);
    }
    return false;
}

std::int64_t Statement::integer(int column) const {
    return sqlite3_column_int64(statement_, column);
}

std::string Statement::text(int column) const {
    // The text must be asked for before its size: the first call may convert (sqlite.org/c3ref/column_blob.html).
    const auto* bytes = sqlite3_column_text(statement_, column);
    const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_, column));
    return bytes == nullptr ? std::string() : std::string(reinterpret_cast<const char*>(bytes), size);
}

crypto::Bytes Statement::blob(int column) const {
    const auto* bytes = static_cast<const std::uint8_t*>(sqlite3_column_blob(statement_, column));
    const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_, column));
    return bytes == nullptr ? crypto::Bytes() : crypto::Bytes(bytes, bytes + size);
}

bool Statement::is_null(int column) const {
    return sqlite3_column_type(statement_, column) == SQLITE_NULL;
}

std::optional<std::string> Statement::optional_text(int column) const {
    return is_null(column) ? std::nullopt : std::optional(text(column));
}

std::optional<std::int64_t> Statement::optional_integer(int column) const {
    return is_null(column) ? std::nullopt : std::optional(integer(column));
}

void Statement::bind(int position, std::int64_t value) {
    check(database_, sqlite3_bind_int64(statement_, position, value));
}

void Statement::bind(int position, std::uint64_t value) {
    if (value > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) {
        throw DatabaseError(SQLITE_TOOBIG, "integer over 2^63 - 1");
    }
    bind(position, static_cast<std::int64_t>(value));
}

void Statement::bind(int position, std::string_view value) {
    // A null pointer would bind NULL; an empty text is not that. SQLITE_TRANSIENT copies: callers pass temporaries.
    const char* bytes = value.data() == nullptr ? "" : value.data();
    check(database_, sqlite3_bind_text64(statement_, position, bytes, value.size(), SQLITE_TRANSIENT, SQLITE_UTF8));
}

void Statement::bind(int position, crypto::ByteView value) {
    if (value.empty()) {
        check(database_, sqlite3_bind_zeroblob(statement_, position, 0));
        return;
    }
    check(database_, sqlite3_bind_blob64(statement_, position, value.data(), value.size(), SQLITE_TRANSIENT));
}

void Statement::bind(int position, std::nullptr_t) {
    check(database_, sqlite3_bind_null(statement_, position));
}

Statement::Statement(Statement&& other) noexcept : database_(other.database_), statement_(std::exchange(other.statement_, nullptr)) {}

Statement::~Statement() {
    if (statement_ != nullptr) {
        // Both repeat the error of the last step; it has been thrown already.
        sqlite3_reset(statement_);
        sqlite3_clear_bindings(statement_);
    }
}

Connection::Connection(const std::filesystem::path& file, Mode mode) : state_(std::make_unique<State>()) {
    const int access = mode == Mode::read_write ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READONLY;
    const int opened = sqlite3_open_v2(
        file.c_str(), &state_->database, access | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE | SQLITE_OPEN_PRIVATECACHE, nullptr
    );
    auto* database = state_->database;
    check(database, opened);
    check(database, sqlite3_busy_timeout(database, busy_milliseconds));
    // No writing through the schema table, no double-quoted strings that hide a misspelt column, no extensions.
    for (const auto& [option, value] :
         {std::pair(SQLITE_DBCONFIG_DEFENSIVE, 1),
          std::pair(SQLITE_DBCONFIG_DQS_DML, 0),
          std::pair(SQLITE_DBCONFIG_DQS_DDL, 0),
          std::pair(SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0),
          std::pair(SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0)}) {
        check(database, sqlite3_db_config(database, option, value, nullptr));
    }
    script(settings);
    if (mode == Mode::read_write) {
        auto journal = query("PRAGMA journal_mode=WAL");
        if (!journal.step() || journal.text(0) != "wal") {
            throw DatabaseError(SQLITE_CANTOPEN, "write-ahead logging is not possible here");
        }
    }
}

Connection::~Connection() = default;

void Connection::script(const char* sql) {
    check(state_->database, sqlite3_exec(state_->database, sql, nullptr, nullptr, nullptr));
}

std::int64_t Connection::changes() const noexcept {
    return sqlite3_changes64(state_->database);
}

std::int64_t Connection::total_changes() const noexcept {
    return sqlite3_total_changes64(state_->database);
}

bool Connection::in_transaction() const noexcept {
    return sqlite3_get_autocommit(state_->database) == 0;
}

Statement Connection::prepare(std::string_view sql) {
    auto* database = state_->database;
    if (const auto cached = state_->statements.find(sql); cached != state_->statements.end()) {
        crypto::ensure(sqlite3_stmt_busy(cached->second) == 0, "one live Statement for one text");
        return {database, cached->second};
    }
    sqlite3_stmt* statement = nullptr;
    const char* rest = nullptr;
    check(database, sqlite3_prepare_v3(database, sql.data(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT, &statement, &rest));
    crypto::ensure(statement != nullptr && rest == sql.data() + sql.size(), "one statement a text");
    state_->statements.emplace(sql, statement);
    return {database, statement};
}

std::optional<Errc> errc_of(const DatabaseError& error) noexcept {
    switch (error.sqlite_code() & 0xff) {
    case SQLITE_FULL:
        return Errc::full;
    case SQLITE_IOERR:
    case SQLITE_BUSY:
    case SQLITE_CANTOPEN:
    case SQLITE_READONLY:
    case SQLITE_PROTOCOL:
        return Errc::io;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return Errc::damaged;
    case SQLITE_CONSTRAINT:
        return Errc::conflict;
    case SQLITE_TOOBIG:
        return Errc::too_large;
    default:
        return std::nullopt;  // a statement that is wrong: ours to repair, not the caller's to handle
    }
}

}  // namespace storage
