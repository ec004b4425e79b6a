#include "storage/core/sealed_cells.hpp"

#include "storage/core/row.hpp"

#include <array>

namespace storage::core {

namespace {

constexpr std::array<SealedColumn, 4> columns{{
    {"compartment", "sealed_identity"},
    {"issued_grant", "sealed_keys"},
    {"issued_grant", "sealed_identity"},
    {"outbox", "sealed_body"},
}};

}  // namespace

std::span<const SealedColumn> sealed_columns() noexcept {
    return columns;
}

std::vector<SealedCell> SealedCells::read(Connection& connection, const SealedColumn& column, std::int64_t after, std::size_t count_max) {
    const std::string name(column.column);
    std::vector<SealedCell> cells;
    auto found = connection.query(
        "SELECT rowid, " + name + " FROM " + column.table + " WHERE rowid > ? AND length(" + name + ") > 0 ORDER BY rowid LIMIT ?",
        after,
        std::uint64_t{count_max}
    );
    while (found.step()) {
        cells.push_back({found.integer(0), found.blob(1)});
    }
    return cells;
}

void SealedCells::replace(Connection& connection, const SealedColumn& column, const SealedCell& old, crypto::ByteView sealed) {
    const std::string name(column.column);
    connection.run(
        "UPDATE " + std::string(column.table) + " SET " + name + " = ? WHERE rowid = ? AND " + name + " = ?", sealed, old.row, old.sealed
    );
}

std::uint64_t SealedCells::count(Connection& connection) {
    std::uint64_t total = 0;
    for (const auto& column : columns) {
        auto found = connection.query("SELECT count(*) FROM " + std::string(column.table) + " WHERE length(" + column.column + ") > 0");
        found.step();
        total += row::count(found, 0);
    }
    return total;
}

void KeyRotation::finished(Connection& connection, std::string_view recipient) {
    connection.run("INSERT OR REPLACE INTO key_rotation (id, recipient) VALUES (1, ?)", recipient);
}

std::string KeyRotation::recipient(Connection& connection) {
    auto found = connection.query("SELECT recipient FROM key_rotation WHERE id = 1");
    return found.step() ? found.text(0) : std::string();
}

}  // namespace storage::core
