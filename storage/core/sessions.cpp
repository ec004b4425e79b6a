#include "storage/core/sessions.hpp"

#include "storage/core/row.hpp"

namespace storage::core {

namespace {

// Names that were tried are kept as hashes: what people type by mistake in that field is not ours to store.
crypto::Digest name_hash(std::string_view user) {
    return crypto::sha256(crypto::as_bytes(user));
}

std::int64_t wait_after(std::uint64_t failures) {
    if (failures < login_failures_free) {
        return 0;
    }
    const std::uint64_t doublings = failures - login_failures_free;
    const std::int64_t wait = doublings > 20 ? login_wait_max : policies::one_second << doublings;
    return std::min(wait, login_wait_max);
}

}  // namespace

void Sessions::open(Connection& connection, const crypto::Digest& token, const policies::StaffId& staff, policies::Instant now) {
    remove_ended(connection, now);
    connection.run(
        "INSERT INTO staff_session (token_hash, staff_id, opened_at, seen_at) VALUES (?, ?, ?, ?)",
        crypto::ByteView(token.bytes),
        staff.text(),
        now.microseconds,
        now.microseconds
    );
}

std::optional<Sessions::Found> Sessions::find(Connection& connection, const crypto::Digest& token, policies::Instant now) {
    std::optional<policies::StaffId> staff;
    std::int64_t idle = 0;
    {
        auto found = connection.query(
            "SELECT staff_id, seen_at FROM staff_session WHERE token_hash = ? AND opened_at > ? AND seen_at > ?",
            crypto::ByteView(token.bytes),
            now.microseconds - session_life,
            now.microseconds - session_idle
        );
        if (!found.step()) {
            return std::nullopt;
        }
        staff = row::id<policies::StaffId>(found, 0);
        idle = now.microseconds - found.integer(1);
    }
    auto member = Staff::find(connection, *staff);
    if (!member) {
        return std::nullopt;
    }
    return Found{std::move(*member), idle >= session_touch};
}

void Sessions::seen(Connection& connection, const crypto::Digest& token, policies::Instant now) {
    connection.run(
        "UPDATE staff_session SET seen_at = max(seen_at, ?) WHERE token_hash = ?", now.microseconds, crypto::ByteView(token.bytes)
    );
}

void Sessions::close(Connection& connection, const crypto::Digest& token) {
    connection.run("DELETE FROM staff_session WHERE token_hash = ?", crypto::ByteView(token.bytes));
}

void Sessions::remove_ended(Connection& connection, policies::Instant now) {
    connection.run(
        "DELETE FROM staff_session WHERE opened_at <= ? OR seen_at <= ?", now.microseconds - session_life, now.microseconds - session_idle
    );
}

bool Logins::may_try(Connection& connection, std::string_view user, policies::Instant now) {
    const crypto::Digest name = name_hash(user);
    auto found = connection.query("SELECT failures, last_at FROM login_failure WHERE user_hash = ?", crypto::ByteView(name.bytes));
    return !found.step() || now.microseconds >= found.integer(1) + wait_after(row::count(found, 0));
}

void Logins::failed(Connection& connection, std::string_view user, policies::Instant now) {
    const crypto::Digest name = name_hash(user);
    connection.run("DELETE FROM login_failure WHERE last_at <= ?", now.microseconds - 2 * login_wait_max);
    connection.run(
        "INSERT INTO login_failure (user_hash, failures, last_at) VALUES (?, 1, ?) "
        "ON CONFLICT (user_hash) DO UPDATE SET failures = failures + 1, last_at = excluded.last_at",
        crypto::ByteView(name.bytes),
        now.microseconds
    );
    // A flood of invented names, each tried once, pushes out its own kind and no name that somebody is at.
    connection.run(
        "DELETE FROM login_failure WHERE user_hash IN (SELECT user_hash FROM login_failure ORDER BY failures, last_at"
        " LIMIT max(0, (SELECT count(*) FROM login_failure) - ?))",
        login_names_max
    );
}

void Logins::succeeded(Connection& connection, std::string_view user) {
    const crypto::Digest name = name_hash(user);
    connection.run("DELETE FROM login_failure WHERE user_hash = ?", crypto::ByteView(name.bytes));
}

}  // namespace storage::core
