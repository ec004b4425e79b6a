// What a grant may read: the list of its releases, and each as a file with a strong ETag and byte ranges. The edge cannot open them.
// Somebody else's, one that was withdrawn and one that has expired are all 404, like one that never was.
#pragma once

#include "gateway/edge/services.hpp"
#include "gateway/http/routes.hpp"

namespace gateway::edge {

std::vector<http::Route> release_routes(Services& services);

}  // namespace gateway::edge
