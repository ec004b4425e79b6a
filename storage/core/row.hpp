// From a column to a type. What we wrote ourselves parses; if it does not, the file was altered: DatabaseError.
#pragma once

#include "crypto/digest.hpp"
#include "policies/instant.hpp"
#include "policies/states.hpp"
#include "storage/connection.hpp"

namespace storage::core::row {

[[noreturn]] void altered(const char* what);

template <class Id>
Id id(const Statement& row, int column) {
    auto parsed = Id::parse(row.text(column));
    if (!parsed) {
        altered("id");
    }
    return std::move(*parsed);
}

template <class Id>
std::optional<Id> optional_id(const Statement& row, int column) {
    if (row.is_null(column)) {
        return std::nullopt;
    }
    return id<Id>(row, column);
}

policies::Instant instant(const Statement& row, int column);
std::optional<policies::Instant> optional_instant(const Statement& row, int column);
std::uint64_t count(const Statement& row, int column);  // never negative
crypto::Digest digest(const Statement& row, int column);
std::optional<crypto::Digest> optional_digest(const Statement& row, int column);

}  // namespace storage::core::row
