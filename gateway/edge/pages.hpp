// The few public answers that are neither portal nor API: health for the load balancer, and whom to tell about a hole (RFC 9116).
#pragma once

#include "gateway/edge/services.hpp"
#include "gateway/http/routes.hpp"

namespace gateway::edge {

std::vector<http::Route> page_routes(Services& services);

}  // namespace gateway::edge
