// Everything the edge answers on its public listener, besides the portal's pages. openapi.json describes what stands under /api/v1.
#pragma once

#include "gateway/edge/services.hpp"
#include "gateway/http/routes.hpp"

namespace gateway::edge {

std::vector<http::Route> public_routes(Services& services);
std::vector<http::Route> api_routes(Services& services);  // of these, what a program of a contractor needs

std::string_view openapi();  // OpenAPI 3.1, JSON, embedded by openapi.S

}  // namespace gateway::edge
