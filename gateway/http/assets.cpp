#include "gateway/http/assets.hpp"

namespace gateway::http {
namespace {

struct Page {
    std::string_view type;
    std::string_view bytes;
    Response::Cache cache;
};

boost::asio::awaitable<Response> answer_page(Page page) {
    Response response;
    response.asset = page.bytes;
    response.cache = page.cache;
    response.with("Content-Type", std::string(page.type));
    co_return response;
}

Route route_of(Method method, const Asset& asset) {
    Page page;
    page.type = std::string_view(asset.type, asset.type_size);
    page.bytes = std::string_view(asset.bytes, asset.size);
    page.cache = asset.immutable != 0 ? Response::Cache::immutable : Response::Cache::no_store;
    Route route;
    route.method = method;
    route.pattern = std::string(asset.path, asset.path_size);
    route.caller = Caller::anyone;
    route.handler = [page](Exchange&) { return answer_page(page); };
    return route;
}

}  // namespace

std::vector<Route> asset_routes(std::span<const Asset> assets) {
    std::vector<Route> routes;
    for (const auto& asset : assets) {
        routes.push_back(route_of(Method::get, asset));
        routes.push_back(route_of(Method::head, asset));
    }
    return routes;
}

}  // namespace gateway::http
