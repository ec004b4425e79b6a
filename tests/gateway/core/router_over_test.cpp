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

TEST_CASE("a link that has run out is closed at the edge first; what came in before that still opens") {
    World world;
    const auto grant = [&world] {
        return *world.database->read([&](storage::Connection& connection) -> storage::Result<ledger::Grant> {
            return *ledger::Grants::find(connection, world.rows->grant);
        });
    };
    auto router = world.router();
    world.publisher().turn();
    world.clock.pass(grant().expires_at.microseconds - world.clock.now().microseconds + policies::one_day);
    router.turn();
    CHECK(grant().state == policies::GrantState::open);  // the edge's clock may be a little behind
    world.clock.pass(1);
    router.turn();
    CHECK(grant().state == policies::GrantState::closed);
    CHECK_FALSE(grant().sealed_identity.empty());
    CHECK(world.audit_entries("grant.closed").size() == 1);
    // Was it our clock that jumped, the edge went on taking documents until it was told.
    const auto upload = world.upload(world::some_bytes(100));
    world.clock.pass(-5 * policies::one_day);
    world.publisher().turn();
    router.turn();
    CHECK(state_of(world, upload) == "filed");
    router.turn();
    CHECK(grant().sealed_identity.empty());
}
