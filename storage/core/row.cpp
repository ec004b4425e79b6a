#include "storage/core/row.hpp"

namespace storage::core::row {

void altered(const char* what) {
    constexpr int sqlite_corrupt = 11;  // SQLITE_CORRUPT: what Database turns into Errc::damaged
    throw DatabaseError(sqlite_corrupt, std::string("a row holds no ") + what);
}

policies::Instant instant(const Statement& row, int column) {
    return {row.integer(column)};
}

std::optional<policies::Instant> optional_instant(const Statement& row, int column) {
    if (row.is_null(column)) {
        return std::nullopt;
    }
    return instant(row, column);
}

std::uint64_t count(const Statement& row, int column) {
    const std::int64_t value = row.integer(column);
    if (value < 0) {
        altered("count");
    }
    return static_cast<std::uint64_t>(value);
}

crypto::Digest digest(const Statement& row, int column) {
    const auto parsed = crypto::Digest::from_bytes(row.blob(column));
    if (!parsed) {
        altered("digest");
    }
    return *parsed;
}

std::optional<crypto::Digest> optional_digest(const Statement& row, int column) {
    if (row.is_null(column)) {
        return std::nullopt;
    }
    return digest(row, column);
}

}  // namespace storage::core::row
