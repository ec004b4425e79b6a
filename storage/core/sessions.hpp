// Console sessions, and how often a login may be tried. A session is known by the SHA-256 of its cookie token only; it ends 8 hours
// after it began and 30 minutes after it was last used. Wrong passwords for one user name, known or not, make the next try wait.
#pragma once

#include "crypto/digest.hpp"
#include "storage/core/staff.hpp"

namespace storage::core {

constexpr std::int64_t session_life = 8 * 3600 * policies::one_second;
constexpr std::int64_t session_idle = 30 * 60 * policies::one_second;
constexpr std::int64_t session_touch = 60 * policies::one_second;  // `seen` is written at most this often
constexpr std::uint64_t login_failures_free = 5;                   // from here on, a wait that doubles
constexpr std::int64_t login_wait_max = 15 * 60 * policies::one_second;
constexpr std::uint64_t login_names_max = 10'000;                  // remembered at a time

class Sessions final {
public:
    static void open(Connection& connection, const crypto::Digest& token, const policies::StaffId& staff, policies::Instant now);
    // Who it is, while it lasts; `touch` says that seen(…) is due.
    struct Found {
        StaffMember member;
        bool touch = false;
    };
    static std::optional<Found> find(Connection& connection, const crypto::Digest& token, policies::Instant now);
    static void seen(Connection& connection, const crypto::Digest& token, policies::Instant now);
    static void close(Connection& connection, const crypto::Digest& token);
    static void remove_ended(Connection& connection, policies::Instant now);
};

class Logins final {
public:
    static bool may_try(Connection& connection, std::string_view user, policies::Instant now);
    static void failed(Connection& connection, std::string_view user, policies::Instant now);
    static void succeeded(Connection& connection, std::string_view user);
};

}  // namespace storage::core
