#include "tests/gateway/core/world.hpp"

#include "gateway/core/router/acceptance.hpp"
#include "gateway/core/router/witness.hpp"
#include "storage/core/edge_log.hpp"

using world::state_of;
using world::World;

namespace {

std::uint64_t witnessed(World& world) {
    const auto log = world.database->read([](storage::Connection& connection) -> storage::Result<std::uint64_t> {
        return storage::core::EdgeLog::witnessed(connection).size;
    });
    return *log;
}

// The edge is caught: one audit entry, and nothing more is read until somebody has looked.
void check_caught(World& world, gateway::core::router::Router& router, const std::string& why) {
    const auto size = witnessed(world);
    router.turn();
    const auto entries = world.audit_entries("edge-log.inconsistent");
    REQUIRE(entries.size() == 1);
    CHECK(entries[0].at("why") == why);
    CHECK(witnessed(world) == size);
    const auto calls = world.edge.calls.load();
    router.turn();
    CHECK(world.edge.calls == calls);
    CHECK(world.audit_entries("edge-log.inconsistent").size() == 1);
}

}  // namespace

TEST_CASE("core grows with the edge's log, page by page, and writes down what it saw") {
    World world;
    world.edge.page_size = 3;
    for (int count = 0; count < 8; ++count) {
        world.edge.append({{"act", "posting.published"}, {"grant", world.rows->grant.text()}});
    }
    auto router = world.router();
    router.turn();
    CHECK(witnessed(world) == 8);
    world.edge.append({{"act", "upload.aborted"}, {"upload", std::string(32, 'a')}, {"reason", "expired"}});
    router.turn();
    router.turn();
    CHECK(witnessed(world) == 9);
    const auto entries = world.audit_entries("edge-log.witnessed");
    REQUIRE(entries.size() == 2);
    CHECK(entries[0].at("size") == 8);
    CHECK(entries[1].at("size") == 9);
    CHECK(entries[1].at("root").get<std::string>().size() == 64);
}

TEST_CASE("after a long time away core reads up in steps, each with its own checkpoint") {
    World world;
    world.edge.page_size = 4;
    world.edge.run_max = 10;
    for (int count = 0; count < 25; ++count) {
        world.edge.append({{"act", "posting.published"}, {"grant", world.rows->grant.text()}});
    }
    auto router = world.router();
    for (const std::uint64_t size : {10U, 20U, 25U, 25U}) {
        router.turn();
        CHECK(witnessed(world) == size);
    }
    CHECK(world.audit_entries("edge-log.inconsistent").empty());
}

TEST_CASE("an edge that has signed nothing yet is waited for") {
    World world;
    world.edge.log_note = "";
    auto router = world.router();
    router.turn();
    CHECK(witnessed(world) == 0);
    CHECK(world.audit_entries("edge-log.inconsistent").empty());
}

TEST_CASE("an edge's log that was rewritten is caught") {
    World world;
    const auto upload = world.upload(world::some_bytes(10));
    world.edge.append({{"act", "posting.published"}});
    auto router = world.router();
    router.turn();
    REQUIRE(state_of(world, upload) == "filed");

    SECTION("an entry was changed") {
        world.edge.entries[1][0] = ' ';
        world.edge.append({{"act", "posting.published"}});
        check_caught(world, router, "root");
    }
    SECTION("the same size with another root") {
        world.edge.entries[0].push_back(' ');
        check_caught(world, router, "root");
    }
    SECTION("it shrank") {
        world.edge.entries.pop_back();
        check_caught(world, router, "shrunk");
    }
    SECTION("it signed more than it shows") {
        world.edge.append({{"act", "posting.published"}});
        world.edge.log_note = world.edge.checkpoint(3);
        world.edge.entries.pop_back();
        check_caught(world, router, "missing");
    }
    SECTION("somebody else signed it") {
        const auto other = crypto::NoteSigner::generate("edge.test/log", world.random);
        world.edge.append({{"act", "posting.published"}});
        world.edge.log_note = other.sign("edge.test/log\n3\n" + crypto::to_base64(crypto::sha256({}).bytes) + "\n");
        check_caught(world, router, "signature");
    }
}

TEST_CASE("what was witnessed before the edge was caught is still delivered") {
    World world;
    const auto upload = world.upload(world::some_bytes(10));
    auto router = world.router();
    world.edge.fail_call = 1;  // the log is read, the upload is not
    router.turn();
    REQUIRE(state_of(world, upload) == "accepted");
    world.edge.entries[0].push_back(' ');
    world.clock.pass(policies::one_second);
    router.turn();
    CHECK(world.audit_entries("edge-log.inconsistent").size() == 1);
    CHECK(state_of(world, upload) == "filed");
}

TEST_CASE("an entry about a grant or item that is not ours is kept as evidence and makes no document") {
    World world;
    const auto good = world.upload(world::some_bytes(10));
    auto upload = world.edge.uploads.at(good).upload;
    upload.id = *policies::UploadId::parse(std::string(32, 'b'));
    upload.grant = *policies::GrantId::parse(std::string(32, 'c'));
    world.edge.append_sealed(upload);
    world.edge.append({{"act", "upload.sealed"}, {"upload", "not an id"}});
    auto router = world.router();
    router.turn();
    CHECK(witnessed(world) == 3);
    const auto strays = world.audit_entries("edge-log.stray");
    REQUIRE(strays.size() == 1);  // one note a pull
    CHECK(strays[0].at("index") == 1);
    CHECK(strays[0].at("count") == 2);
    CHECK(state_of(world, good) == "filed");
}

TEST_CASE("a leaf seen twice for one upload makes one document") {
    World world;
    const auto good = world.upload(world::some_bytes(10));
    world.edge.append_sealed(world.edge.uploads.at(good).upload);
    auto router = world.router();
    router.turn();
    CHECK(world.audit_entries("document.filed").size() == 1);
    CHECK(world.stored_files() == 2);
}

TEST_CASE("an entry that does not say its own log and place is malformed") {
    using gateway::core::router::LogEntry;
    using gateway::core::router::parse_log_entry;
    const auto parse = [](std::string_view text) { return parse_log_entry(crypto::as_bytes(text), "edge", 7).kind; };
    CHECK(parse(R"({"act":"posting.published","log":"edge","seq":7,"v":1})") == LogEntry::Kind::other);
    CHECK(parse(R"({"act":"posting.published","log":"edge","seq":8,"v":1})") == LogEntry::Kind::malformed);
    CHECK(parse(R"({"act":"posting.published","log":"other","seq":7,"v":1})") == LogEntry::Kind::malformed);
    CHECK(parse(R"({"act":"posting.published","log":"edge","seq":7,"v":2})") == LogEntry::Kind::malformed);
    CHECK(parse(R"({"act":"upload.sealed","log":"edge","seq":7,"v":1})") == LogEntry::Kind::malformed);
    CHECK(parse("[]") == LogEntry::Kind::malformed);
    CHECK(parse("\xff") == LogEntry::Kind::malformed);
}
