#include "gateway/edge/public_routes.hpp"

#include "gateway/ascii.hpp"
#include "tests/catch.hpp"
#include "tests/storage/edge/edge_ledgers.hpp"

#include <nlohmann/json.hpp>

#include <set>

using namespace gateway::edge;

TEST_CASE("the OpenAPI description names every route of the API, and none that is not there") {
    edge_ledgers::Edge edge;
    const auto vault = storage::Vault::open(edge.scratch / "vault");
    REQUIRE(vault.has_value());
    gateway::Pool pool(1);
    ActiveUploads active;
    const gateway::SystemClock clock;
    storage::edge::Releases releases(edge.log);
    storage::edge::Issuers issuers(edge.log);
    Services services{
        .pool = pool,
        .hashing = pool,
        .database = *edge.database,
        .log = edge.log,
        .vault = *vault,
        .postings = edge.postings,
        .uploads = edge.uploads,
        .releases = releases,
        .release_files = *vault,
        .issuers = issuers,
        .clock = clock,
        .random = edge.random,
        .active = active,
    };
    std::set<std::string> routes;
    for (const auto& route : public_routes(services)) {
        routes.insert(gateway::lower_case(gateway::http::method_name(route.method)) + " " + route.pattern);
    }
    std::set<std::string> described;
    const auto description = nlohmann::json::parse(openapi());
    CHECK(description.at("openapi") == "3.1.0");
    for (const auto& [path, operations] : description.at("paths").items()) {
        for (const auto& [method, operation] : operations.items()) {
            if (method != "parameters") {
                described.insert(method + " " + path);
            }
        }
    }
    CHECK(described == routes);
}
