// What the ledger of releases takes, shows and lets go.
#include "storage/edge/releases.hpp"

#include "tests/storage/edge/edge_ledgers.hpp"

using namespace edge_ledgers;

namespace {

struct Shelf : Edge {
    Releases releases{log};
    policies::ReleaseId one = id<policies::ReleaseId>('1');
    policies::GrantId other = id<policies::GrantId>('c');

    Shelf() {
        REQUIRE(put(posting(1)).has_value());
        auto second = posting(1);
        second.grant = other;
        second.token_hash = crypto::sha256(crypto::as_bytes("another token"));
        second.items = {};
        REQUIRE(put(second).has_value());
    }

    Release release(char letter, Instant expires_at = later) const {
        return {
            .id = id<policies::ReleaseId>(letter),
            .grant = grant,
            .size = 300,
            .sha256 = crypto::sha256(crypto::as_bytes(std::string(1, letter))),
            .description = {1, 2, 3},
            .expires_at = expires_at,
            .file = std::string(32, letter) + "-file",
        };
    }
    Result<Releases::Kept> take(const Release& wanted) {
        return database->commit([&](Connection& connection) { return releases.put(connection, wanted, now); });
    }
    std::string withdraw(char letter) {
        const auto file = database->commit([&](Connection& connection) -> Result<std::string> {
            return releases.withdraw(connection, id<policies::ReleaseId>(letter), now);
        });
        REQUIRE(file.has_value());
        return *file;
    }
    std::vector<std::string> expire(Instant at) {
        const auto files = database->commit([&](Connection& connection) -> Result<std::vector<std::string>> {
            return releases.end_expired(connection, at);
        });
        REQUIRE(files.has_value());
        return *files;
    }
    bool readable(const policies::GrantId& by, Instant at = now) {
        const auto found = database->read([&](Connection& connection) -> Result<bool> {
            const bool listed = !releases.list_for(connection, by, at).empty();
            const bool there = releases.find_for(connection, one, by, at).has_value();
            CHECK(listed == there);
            return there;
        });
        REQUIRE(found.has_value());
        return *found;
    }
};

}  // namespace

TEST_CASE("a release is taken once, and another content under its id is a conflict") {
    Shelf shelf;
    CHECK(*shelf.take(shelf.release('1')) == Releases::Kept::taken);
    auto again = shelf.release('1');
    again.file = "11-other-file";
    again.description = {9, 9};
    CHECK(*shelf.take(again) == Releases::Kept::known);
    again.sha256 = crypto::sha256(crypto::as_bytes("changed"));
    CHECK(shelf.take(again).error() == Errc::conflict);
    again = shelf.release('1');
    again.grant = shelf.other;
    CHECK(shelf.take(again).error() == Errc::conflict);
    CHECK(shelf.leaves_of("release.published") == 1);
}

TEST_CASE("a release for a grant without a posting is refused") {
    Shelf shelf;
    auto wanted = shelf.release('1');
    wanted.grant = id<policies::GrantId>('e');
    CHECK(shelf.take(wanted).error() == Errc::refused);
}

TEST_CASE("its grant reads it until it expires, and nobody else ever") {
    Shelf shelf;
    REQUIRE(shelf.take(shelf.release('1')).has_value());
    CHECK(shelf.readable(shelf.grant));
    CHECK(shelf.readable(shelf.grant, later + -1));
    CHECK_FALSE(shelf.readable(shelf.grant, later));
    CHECK_FALSE(shelf.readable(shelf.other));
    CHECK(shelf.expire(later + -1).empty());
    CHECK(shelf.expire(later) == std::vector{shelf.release('1').file});
    CHECK(shelf.expire(later).empty());
    CHECK(shelf.leaves_of("release.ended") == 1);
}

TEST_CASE("what was withdrawn is never taken again, also when the word of it came first") {
    Shelf shelf;
    REQUIRE(shelf.take(shelf.release('1')).has_value());
    CHECK(shelf.withdraw('1') == shelf.release('1').file);
    CHECK_FALSE(shelf.readable(shelf.grant));
    CHECK(shelf.withdraw('1').empty());
    CHECK(shelf.take(shelf.release('1')).error() == Errc::refused);
    CHECK(shelf.withdraw('2').empty());
    CHECK(shelf.take(shelf.release('2')).error() == Errc::refused);
}

TEST_CASE("a grant whose posting is withdrawn reads nothing more; one that was closed reads on") {
    Shelf shelf;
    REQUIRE(shelf.take(shelf.release('1')).has_value());
    auto posting = shelf.posting(2);
    posting.state = GrantState::closed;
    REQUIRE(shelf.put(posting).has_value());
    CHECK(shelf.readable(shelf.grant));
    posting = shelf.posting(3);
    posting.state = GrantState::withdrawn;
    REQUIRE(shelf.put(posting).has_value());
    CHECK_FALSE(shelf.readable(shelf.grant));
}

TEST_CASE("the first reading stands in the log, once") {
    Shelf shelf;
    REQUIRE(shelf.take(shelf.release('1')).has_value());
    for (int reading = 0; reading < 2; ++reading) {
        const auto noted = shelf.database->commit([&](Connection& connection) -> Result<void> {
            shelf.releases.first_read(connection, shelf.one, now);
            return {};
        });
        REQUIRE(noted.has_value());
    }
    CHECK(shelf.leaves_of("release.read") == 1);
}
