// The routes of API credentials (../../README.md, "Console"): making, replacing and taking one back, and the list of a request's. The
// answer that makes one holds the credential file; no other answer ever does.
#pragma once

#include "gateway/core/console/call.hpp"

namespace gateway::core::console {

http::Response credentials(const Tools& tools, const Call& call);
http::Response make_credential(const Tools& tools, const Call& call);
http::Response rotate_credential(const Tools& tools, const Call& call);
http::Response revoke_credential(const Tools& tools, const Call& call);

}  // namespace gateway::core::console
