// What core asks and orders over the inner listener (mutual TLS, one pinned certificate): status, postings, the log, uploads, outcomes.
// Every order is idempotent: core repeats after a crash, on either side.
#pragma once

#include "gateway/edge/services.hpp"
#include "gateway/http/routes.hpp"

namespace gateway::edge {

std::vector<http::Route> inner_routes(Services& services);

}  // namespace gateway::edge
