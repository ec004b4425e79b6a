#include "gateway/edge/public_routes.hpp"

#include "gateway/edge/pages.hpp"
#include "gateway/edge/posting_handlers.hpp"
#include "gateway/edge/release_handlers.hpp"
#include "gateway/edge/seal_handler.hpp"
#include "gateway/edge/upload_handlers.hpp"

#include <iterator>

extern "C" {
extern const char sluis_openapi[];
extern const char sluis_openapi_end[];
}

namespace gateway::edge {
namespace {

boost::asio::awaitable<http::Response> describe(http::Exchange&) {
    auto response = http::json(200, {});
    response.asset = openapi();
    co_return response;
}

}  // namespace

std::string_view openapi() {
    return {sluis_openapi, static_cast<std::size_t>(sluis_openapi_end - sluis_openapi)};
}

std::vector<http::Route> api_routes(Services& services) {
    std::vector<http::Route> routes{{http::Method::get, "/api/v1/openapi.json", http::Caller::anyone, describe, 0}};
    for (auto more : {posting_routes(services), upload_routes(services), seal_routes(services), release_routes(services)}) {
        routes.insert(routes.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
    }
    return routes;
}

std::vector<http::Route> public_routes(Services& services) {
    auto routes = page_routes(services);
    auto more = api_routes(services);
    routes.insert(routes.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
    return routes;
}

}  // namespace gateway::edge
