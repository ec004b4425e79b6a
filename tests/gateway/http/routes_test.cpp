#include "gateway/http/assets.hpp"
#include "gateway/http/routes.hpp"

#include "tests/catch.hpp"

using namespace gateway::http;

namespace {

boost::asio::awaitable<Response> nothing(Exchange&) {
    co_return empty(204);
}

Route route(Method method, std::string pattern) {
    Route one;
    one.method = method;
    one.pattern = std::move(pattern);
    one.caller = Caller::anyone;
    one.handler = nothing;
    return one;
}

const Routes routes(
    {route(Method::get, "/"),
     route(Method::post, "/uploads"),
     route(Method::options, "/uploads"),
     route(Method::head, "/uploads/{id}"),
     route(Method::get, "/uploads/{id}"),
     route(Method::patch, "/uploads/{id}"),
     route(Method::post, "/uploads/{id}/seal"),
     route(Method::get, "/assets/{path*}")}
);

std::string pattern_of(Method method, std::string_view path) {
    const auto match = routes.find(method, path);
    return match.route == nullptr ? "" : match.route->pattern;
}

}  // namespace

TEST_CASE("a path finds its pattern and gives its names") {
    CHECK(pattern_of(Method::get, "/") == "/");
    CHECK(pattern_of(Method::post, "/uploads") == "/uploads");
    CHECK(pattern_of(Method::post, "/uploads/7/seal") == "/uploads/{id}/seal");
    CHECK(routes.find(Method::patch, "/uploads/7").parameters.at("id") == "7");
    CHECK(routes.find(Method::get, "/assets/a/b.js").parameters.at("path") == "a/b.js");
}

TEST_CASE("a path that is no pattern finds nothing") {
    for (const auto* path :
         {"", "x", "/uploads/", "/uploads//seal", "/uploads/7/", "/uploads/7/seal/x", "/Uploads", "//", "/assets", "/assets/", "/{id}"}) {
        INFO(path);
        CHECK(pattern_of(Method::get, path).empty());
        CHECK(routes.find(Method::get, path).allow.empty());
    }
}

TEST_CASE("a known path with another method says what it allows") {
    const auto match = routes.find(Method::put, "/uploads/7");
    CHECK(match.route == nullptr);
    CHECK(match.allow == "GET, HEAD, PATCH, OPTIONS");
    CHECK(routes.find(Method::get, "/uploads").allow == "POST, OPTIONS");
}

TEST_CASE("HEAD goes to its own route, else to that of GET") {
    REQUIRE(routes.find(Method::head, "/uploads/7").route != nullptr);
    CHECK(routes.find(Method::head, "/uploads/7").route->method == Method::head);
    REQUIRE(routes.find(Method::head, "/").route != nullptr);
    CHECK(routes.find(Method::head, "/").route->method == Method::get);
    CHECK(routes.find(Method::head, "/assets/x").parameters.at("path") == "x");
    CHECK(routes.find(Method::head, "/uploads").route == nullptr);
}

TEST_CASE("OPTIONS has a route only where the table has one") {
    CHECK(routes.find(Method::options, "/uploads").route != nullptr);
    CHECK(routes.find(Method::options, "/").route == nullptr);
    CHECK(routes.find(Method::options, "/").allow == "GET, HEAD, OPTIONS");
}

TEST_CASE("an asset has a route for GET and one for HEAD") {
    const Asset asset{"/u", 2, "text/html", 9, "<p>", 3, 0};
    const auto table = asset_routes(std::span(&asset, 1));
    REQUIRE(table.size() == 2);
    CHECK(table[0].method == Method::get);
    CHECK(table[1].method == Method::head);
    CHECK(table[0].pattern == "/u");
    CHECK(table[0].caller == Caller::anyone);
}
