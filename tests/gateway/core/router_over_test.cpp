#include "tests/gateway/core/world.hpp"

using world::state_of;
using world::World;

namespace ledger = storage::core;

TEST_CASE("when a link takes nothing more, the identity that opened what it brought is destroyed, and not before") {
    World world;
    const auto upload = world.upload(world::some_bytes(100));
    const auto identity_is_there = [&world] {
        return *world.database->read([&](storage::Connection& connection) -> storage::Result<bool> {
            const bool there = !ledger::Grants::find(connection, world.rows->grant)->sealed_identity.empty();
            return storage::Result<bool>(boost::system::in_place_value, there);
        });
    };
    auto router = world.router();
    world.publisher().turn();
    router.turn();
    router.turn();
    CHECK(identity_is_there());  // the link is open
    world.withdraw_consent();
    const auto stopped = world.database->commit([&](storage::Connection& connection) {
        return ledger::Grants::change(connection, world.rows->grant, policies::GrantState::withdrawn, 2);
    });
    REQUIRE(stopped.has_value());
    router.turn();
    CHECK(identity_is_there());  // the edge does not know yet
    world.publisher().turn();
    const auto late = world.upload(world::some_bytes(50));  // sealed just before the edge was told
    router.turn();
    CHECK(identity_is_there());  // that pull brought it
    CHECK(state_of(world, late) == "withdrawn");
    world.publisher().turn();
    router.turn();
    CHECK_FALSE(identity_is_there());
    CHECK(state_of(world, upload) == "filed");
}
