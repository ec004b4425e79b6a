// Signing in and out. The cookie holds 32 random bytes; the database holds their SHA-256. An unknown user, a wrong password and a
// password field of the wrong shape get the same answer after the same work. Too many wrong tries make everybody of that name wait.
#pragma once

#include "gateway/core/console/call.hpp"

namespace gateway::core::console {

constexpr std::string_view session_cookie = "__Host-session";
constexpr std::size_t user_max = 100;       // bytes
constexpr std::size_t password_max = 1000;  // bytes

std::optional<crypto::Digest> session_of(const http::Request& request);  // of the cookie; nothing when it is none of ours

// Who this session is of, and notes that it was used. not_found without one.
storage::Result<storage::core::StaffMember> resume(const Tools& tools, const crypto::Digest& session);

http::Response sign_in(const Tools& tools, const Call& call);
http::Response who_am_i(const Tools& tools, const Call& call);
http::Response sign_out(const Tools& tools, const Call& call);

}  // namespace gateway::core::console
