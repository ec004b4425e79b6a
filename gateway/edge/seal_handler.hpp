// The seal: from here on nothing may be lost. All bytes are hashed anew from the disk and compared with what the uploader says; then one
// transaction turns the state and appends the acceptance leaf; then the receipt is answered. The same seal again gives the same leaf.
#pragma once

#include "gateway/edge/services.hpp"
#include "gateway/http/routes.hpp"

namespace gateway::edge {

std::vector<http::Route> seal_routes(Services& services);

}  // namespace gateway::edge
