// What a grant may see of itself: its posting, with the sealed envelope and what arrived so far.
#pragma once

#include "gateway/edge/services.hpp"
#include "gateway/http/routes.hpp"

namespace gateway::edge {

std::vector<http::Route> posting_routes(Services& services);

}  // namespace gateway::edge
