// Uploads in every protocol, and what the uploader asks about one. The grammar is in protocol/, the bytes are Receiver's; here
// stands who may, in which order, and what is answered. I/O thread; whatever waits for the disk goes through offload.
#pragma once

#include "gateway/edge/services.hpp"
#include "gateway/http/routes.hpp"

namespace gateway::edge {

std::vector<http::Route> upload_routes(Services& services);

}  // namespace gateway::edge
