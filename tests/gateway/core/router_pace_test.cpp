#include "tests/gateway/core/world.hpp"

using world::state_of;
using world::World;

namespace ledger = storage::core;

TEST_CASE("a document that cannot be delivered does not hold up the others") {
    World world;
    const auto first = world.upload(world::some_bytes(100));
    const auto second = world.upload(world::some_bytes(100));
    world.edge.fail_call = 1;  // the log is read, the uploads are not
    world.router().turn();
    // A blob that cannot be replaced: a folder stands in its place.
    const auto id = world.document(first).id.text();
    const auto blocked = world.folder.path() / "cases" / id.substr(0, 2) / (id + ".payload");
    std::filesystem::create_directory(blocked);
    auto router = world.router();
    CHECK(router.turn().count() == 1'000);
    CHECK(state_of(world, first) == "filing");
    CHECK(state_of(world, second) == "filed");
    std::filesystem::remove(blocked);
    router.turn();
    CHECK(state_of(world, first) == "filing");  // not before its time
    world.clock.pass(policies::one_second);
    router.turn();
    CHECK(state_of(world, first) == "filed");
}

TEST_CASE("content that always breaks off does not hold up the others") {
    World world;
    const auto first = world.upload(world::some_bytes(100'000));
    const auto second = world.upload(world::some_bytes(100));
    world.edge.cut_content_after = 50'000;
    auto router = world.router();
    router.turn();
    router.turn();
    CHECK(state_of(world, first) == "filing");
    CHECK(state_of(world, second) == "filed");
}

TEST_CASE("while the edge is away the router asks less and less often") {
    World world;
    auto router = world.router();
    std::vector<std::int64_t> waits;
    for (int failure = 0; failure < 8; ++failure) {
        world.edge.fail_call = world.edge.calls;
        waits.push_back(router.turn().count());
    }
    CHECK(waits == std::vector<std::int64_t>{1'000, 1'000, 2'000, 4'000, 8'000, 16'000, 30'000, 30'000});
    CHECK(router.turn().count() == 1'000);
}

TEST_CASE("the router's thread takes an upload in without being asked, and stops when told") {
    World world;
    const auto plain = world::some_bytes(1'000);
    const auto upload = world.upload(plain);
    auto router = world.router();
    router.start();
    const auto untold = [&world] {
        const auto known = world.database->read([](storage::Connection& connection) -> storage::Result<std::size_t> {
            return ledger::Documents::untold(connection, 10).size();
        });
        return *known == 0;
    };
    for (int tries = 0; tries < 500 && untold(); ++tries) {
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    router.stop();
    CHECK(state_of(world, upload) == "filed");
    CHECK(world.read_document(world.document(upload).id) == plain);
}

TEST_CASE("a large document that takes its time holds up neither small ones nor the log") {
    World world;
    const auto large = world.upload(world::some_bytes(100'000));
    const auto small = world.upload(world::some_bytes(100));
    gateway::core::router::Puller(world.router_tools(), {}, [] {}).turn();
    auto router = world.router(50'000);
    std::atomic<bool> overtaken = false;
    world.edge.in_content_after = 60'000;
    world.edge.in_content = [&] {
        for (int tries = 0; tries < 1'000 && !overtaken; ++tries) {
            std::this_thread::sleep_for(std::chrono::milliseconds(10));
            overtaken = state_of(world, small) == "filed";
        }
    };
    router.start();
    for (int tries = 0; tries < 1'500 && state_of(world, large) != "filed"; ++tries) {
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    router.stop();
    CHECK(overtaken);
    CHECK(state_of(world, large) == "filed");
}
