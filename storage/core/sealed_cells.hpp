// Every place where core's database keeps something sealed by the keyring: what a rotation re-wraps and a drill opens. A column named
// sealed_… that is missing here fails a test. An empty value is a key that was destroyed and is passed over.
#pragma once

#include "storage/connection.hpp"

#include <span>

namespace storage::core {

struct SealedColumn {
    const char* table;
    const char* column;
};
std::span<const SealedColumn> sealed_columns() noexcept;

struct SealedCell {
    std::int64_t row = 0;
    crypto::Bytes sealed;
};

class SealedCells final {
public:
    // In the order of rows, behind `after` (0: from the first).
    static std::vector<SealedCell> read(Connection& connection, const SealedColumn& column, std::int64_t after, std::size_t count_max);
    // Nothing happens when the cell holds something else by now.
    static void replace(Connection& connection, const SealedColumn& column, const SealedCell& old, crypto::ByteView sealed);
    static std::uint64_t count(Connection& connection);
};

// How far the last rotation came: written by the program that holds the database, read by the one that asked for it.
class KeyRotation final {
public:
    static void finished(Connection& connection, std::string_view recipient);    // everything is sealed to it and to nothing older
    static std::string recipient(Connection& connection);                       // of the last that finished; empty: none yet
};

}  // namespace storage::core
