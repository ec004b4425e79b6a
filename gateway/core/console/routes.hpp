// The console's table: which roles may call which route, and the coroutine that carries a call to its work on the pool. Deny by default:
// a role that is not named gets what somebody gets who asks for nothing we have. State changes must come from our own pages.
#pragma once

#include "gateway/core/console/call.hpp"

namespace gateway::core::console {

constexpr std::uint64_t body_bytes_max = 64 * 1024;

struct ConsoleRoute {
    http::Method method;
    std::string_view pattern;
    http::Caller caller;                 // staff, or anyone for signing in
    std::vector<policies::Role> allowed;  // empty: every member of staff
    Work work;
};

const std::vector<ConsoleRoute>& console_table();

std::vector<http::Route> console_routes(const Tools& tools);  // `tools` outlives them

}  // namespace gateway::core::console
