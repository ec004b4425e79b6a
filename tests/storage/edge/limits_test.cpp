// What one grant may hold, and what gives way.
#include "tests/storage/edge/edge_ledgers.hpp"

using namespace edge_ledgers;

TEST_CASE("a creation is refused unless the grant is open, not expired and within its limits") {
    Edge edge;
    CHECK(edge.create('1').error() == Errc::refused);  // no posting at all
    auto posting = edge.posting(1);
    SECTION("each limit at its value and one past it") {
        REQUIRE(edge.put(posting).has_value());
        CHECK(edge.create('0', 501).error() == Errc::too_large);
        CHECK(edge.create('0', 500).has_value());
        CHECK(edge.create('1', 1, later).error() == Errc::refused);
        CHECK(edge.create('1', 1, later + -1).has_value());
        CHECK(edge.create('2').error() == Errc::refused);  // two receiving at a time
        REQUIRE(edge.abort('0').has_value());
        CHECK(edge.create('2').has_value());
    }
    SECTION("files of an item") {
        posting.limits.open_uploads_max = 100;
        REQUIRE(edge.put(posting).has_value());
        for (const char letter : {'0', '1', '2'}) {
            REQUIRE(edge.create(letter).has_value());
        }
        CHECK(edge.create('3').error() == Errc::refused);
    }
    SECTION("files of the grant") {
        posting.limits.open_uploads_max = 100;
        posting.limits.files_max = 2;
        REQUIRE(edge.put(posting).has_value());
        REQUIRE(edge.create('0').has_value());
        REQUIRE(edge.create('1').has_value());
        CHECK(edge.create('3').error() == Errc::refused);
    }
    SECTION("bytes of the grant") {
        posting.limits.bytes_max = 300;
        REQUIRE(edge.put(posting).has_value());
        REQUIRE(edge.create('0', 200).has_value());
        CHECK(edge.create('1', 101).error() == Errc::refused);
        CHECK(edge.create('1', 100).has_value());
    }
    SECTION("states other than open") {
        posting.state = GENERATE(GrantState::paused, GrantState::withdrawn, GrantState::closed);
        REQUIRE(edge.put(posting).has_value());
        CHECK(edge.create('1').error() == Errc::refused);
    }
    SECTION("an item that the posting does not name") {
        posting.items[0].code = id<policies::ItemId>('e');
        REQUIRE(edge.put(posting).has_value());
        CHECK(edge.create('1').error() == Errc::not_found);
    }
}

TEST_CASE("when a limit is reached, an upload that is idle gives way to a new one, and no other does") {
    Edge edge;
    auto posting = edge.posting(1);
    const Instant idle_since = now + gives_way_after;
    SECTION("uploads at a time: the one idle for longest") {
        REQUIRE(edge.put(posting).has_value());
        REQUIRE(edge.create('1').has_value());
        REQUIRE(edge.create('2').has_value());
        REQUIRE(edge.advance('1', {0, 10, true}, now + 1).has_value());
        CHECK(edge.create('3', 100, idle_since + -1).error() == Errc::refused);
        const auto third = edge.create('3', 100, idle_since);
        REQUIRE(third.has_value());
        REQUIRE(third->displaced.size() == 1);
        CHECK(third->displaced[0] == id<policies::UploadId>('2'));
        CHECK(edge.find('2').state == UploadState::aborted);
        CHECK(edge.find('1').state == UploadState::receiving);
        CHECK_THAT(edge.leaves().back(), ContainsSubstring("\"reason\":\"idle\""));
    }
    SECTION("files of an item: one of the same item, and nobody when all are sealed") {
        posting.limits.open_uploads_max = 100;
        posting.limits.files_max = 100;
        posting.items.push_back({id<policies::ItemId>('c'), 500, 1});
        posting.items[0].files_max = 1;
        REQUIRE(edge.put(posting).has_value());
        REQUIRE(edge.create('1').has_value());
        edge.item = id<policies::ItemId>('c');
        REQUIRE(edge.create('2', 100, now + 1).has_value());
        REQUIRE(edge.create('3', 100, idle_since + 1)->displaced == std::vector{id<policies::UploadId>('2')});
        CHECK(edge.find('1').state == UploadState::receiving);
        REQUIRE(edge.advance('3', {0, 100, true}).has_value());
        REQUIRE(edge.seal('3', some_seal()).has_value());
        CHECK(edge.create('4', 100, later + -1).error() == Errc::refused);
        CHECK(edge.find('1').state == UploadState::receiving);
    }
}

TEST_CASE("an upload in which nothing arrives has no claim on the disk after a while, and ends after a day") {
    Edge edge;
    auto posting = edge.posting(1);
    posting.expires_at = now + 10 * policies::one_day;
    REQUIRE(edge.put(posting).has_value());
    REQUIRE(edge.create('1').has_value());
    REQUIRE(edge.create('2').has_value());
    REQUIRE(edge.advance('2', {0, 10, true}, now + 5).has_value());
    const auto expired = [&](Instant at) {
        return edge.database
            ->read([&](Connection& connection) -> Result<std::vector<Upload>> { return edge.uploads.expired(connection, at); })
            ->size();
    };
    const auto owed = [&](Instant at) {
        return *edge.database->read([&](Connection& connection) -> Result<std::uint64_t> {
            return edge.uploads.bytes_owed(connection, at);
        });
    };
    CHECK(owed(now + promise_lapses_after + -1) == 190);
    CHECK(owed(now + promise_lapses_after) == 90);
    CHECK(owed(now + promise_lapses_after + 5) == 0);
    CHECK(expired(now + expires_after + -1) == 0);
    CHECK(expired(now + expires_after) == 1);
    CHECK(expired(now + expires_after + 5) == 2);
    CHECK(expired(posting.expires_at) == 2);
}

TEST_CASE("a file that core took in keeps its place, unless core asks for another one") {
    Edge edge;
    auto posting = edge.posting(1);
    posting.limits.files_max = 1;
    REQUIRE(edge.put(posting).has_value());
    REQUIRE(edge.create('1', 100).has_value());
    REQUIRE(edge.advance('1', {0, 100, true}).has_value());
    REQUIRE(edge.seal('1', some_seal()).has_value());
    SECTION("filed") {
        REQUIRE(edge.outcome('1', 1, Uploads::Ciphertext::remove).has_value());
        CHECK(edge.create('2', 100).error() == Errc::refused);
    }
    SECTION("asked for again") {
        REQUIRE(edge.outcome('1', 1, Uploads::Ciphertext::remove, Uploads::Place::free).has_value());
        CHECK(edge.create('2', 100).has_value());
    }
}

TEST_CASE("bytes owed are those announced and not yet there") {
    Edge edge;
    REQUIRE(edge.put(edge.posting(1)).has_value());
    REQUIRE(edge.create('1', 100).has_value());
    REQUIRE(edge.create('2', 300).has_value());
    REQUIRE(edge.advance('1', {0, 60, true}).has_value());
    const auto owed = [&] {
        return *edge.database->read([&](Connection& connection) -> Result<std::uint64_t> {
            return edge.uploads.bytes_owed(connection, now);
        });
    };
    CHECK(owed() == 340);
    REQUIRE(edge.abort('2').has_value());
    CHECK(owed() == 40);
}
