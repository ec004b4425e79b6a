// What can go wrong where things are kept. Inside a job SQLite's own errors are thrown as DatabaseError and turned into an Errc once,
// by Database::commit and Database::read: a ledger reads like prose, and no error is lost.
#pragma once

#include "crypto/result.hpp"

#include <stdexcept>
#include <string>

namespace storage {

template <class T>
using Result = crypto::Result<T>;

enum class Errc {
    not_found = 1,
    conflict,    // the state has moved on: another version, another offset, already done
    refused,     // a rule of the ledger says no
    full,        // disk full or a quota of the database
    io,          // the disk failed; nothing of the batch was kept
    damaged,     // not a database, or a schema from the future
    too_large,
};

const boost::system::error_category& category() noexcept;
boost::system::error_code make_error_code(Errc error) noexcept;

class DatabaseError final : public std::runtime_error {
public:
    DatabaseError(int sqlite_code, const std::string& text) : std::runtime_error(text), code_(sqlite_code) {}
    int sqlite_code() const noexcept { return code_; }

private:
    int code_;
};

}  // namespace storage

template <>
struct boost::system::is_error_code_enum<storage::Errc> : std::true_type {};
