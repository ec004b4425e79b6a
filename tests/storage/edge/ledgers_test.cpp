#include "crypto/encoding.hpp"
#include "storage/edge/postings.hpp"
#include "storage/edge/schema.hpp"
#include "storage/edge/uploads.hpp"
#include "tests/catch.hpp"
#include "tests/storage/scratch.hpp"

#include <algorithm>

using policies::Instant;
using storage::Connection;
using storage::Database;
using storage::Errc;
using storage::Result;
using namespace storage::edge;

namespace {

constexpr Instant now{1'000'000'000};
constexpr Instant later = now + policies::one_day;

template <class Id>
Id id(char letter) {
    return *Id::parse(std::string(32, letter));
}

struct Edge {
    tests::Scratch scratch;
    tests::SeededRandom random{7};
    storage::MerkleLog log{crypto::NoteSigner::generate("edge.example", random), random};
    std::unique_ptr<Database> database;
    Postings postings{log};
    Uploads uploads{log};
    policies::GrantId grant = id<policies::GrantId>('a');
    policies::ItemId item = id<policies::ItemId>('b');

    Edge() {
        auto opened = Database::open(scratch / "edge.db", schema());
        REQUIRE(opened.has_value());
        database = std::move(*opened);
        database->at_end_of_batch([this](Connection& connection) { log.end_batch(connection); });
    }

    Posting posting(std::uint64_t version) const {
        return {
            .grant = grant,
            .version = version,
            .token_hash = crypto::sha256(crypto::as_bytes("token")),
            .state = GrantState::open,
            .epoch = 1,
            .expires_at = later,
            .policy = crypto::sha256(crypto::as_bytes("policy")),
            .envelope = {1, 2, 3},
            .limits = {1000, 4, 1'000'000, 2},
            .items = {{item, 500, 3}}
        };
    }
    Result<Postings::Change> put(const Posting& wanted) {
        return database->commit([&](Connection& connection) { return postings.put(connection, wanted, now); });
    }
    Result<Uploads::Created> create(char letter, std::uint64_t size = 100, Instant at = now) {
        return database->commit([&](Connection& connection) {
            return uploads.create(connection, {id<policies::UploadId>(letter), grant, item, size, "item eA=="}, at);
        });
    }
    Result<void> advance(char letter, const Uploads::Progress& progress, Instant at = now) {
        return database->commit([&](Connection& connection) {
            return uploads.advance(connection, id<policies::UploadId>(letter), progress, at);
        });
    }
    Result<Uploads::Sealed> seal(char letter, const Seal& wanted, Instant at = now) {
        return database->commit([&](Connection& connection) { return uploads.seal(connection, id<policies::UploadId>(letter), wanted, at); }
        );
    }
    Result<void> abort(char letter) {
        return database->commit([&](Connection& connection) {
            return uploads.abort(connection, id<policies::UploadId>(letter), AbortReason::by_uploader, now);
        });
    }
    Result<bool> outcome(
        char letter,
        std::uint64_t version,
        Uploads::Ciphertext ciphertext,
        Uploads::Place place = Uploads::Place::used
    ) {
        return database->commit([&](Connection& connection) {
            return uploads.publish_outcome(connection, id<policies::UploadId>(letter), {version, {9, 9}}, ciphertext, place, now);
        });
    }
    Upload find(char letter) {
        auto found = database->read([&](Connection& connection) -> Result<std::optional<Upload>> {
            return uploads.find(connection, id<policies::UploadId>(letter));
        });
        REQUIRE(found.has_value());
        REQUIRE(found->has_value());
        return **found;
    }
    std::vector<std::string> leaves() {
        const auto entries =
            database->read([&](Connection& connection) -> Result<std::vector<crypto::Bytes>> { return log.entries(connection, 0, 1000); });
        std::vector<std::string> found;
        for (const auto& entry : *entries) {
            found.emplace_back(crypto::as_text(entry));
        }
        return found;
    }
    std::ptrdiff_t leaves_of(const std::string& act) {
        const auto all = leaves();
        return std::ranges::count_if(all, [&](const auto& leaf) { return leaf.find("\"act\":\"" + act + "\"") != std::string::npos; });
    }
};

Seal some_seal() {
    return {crypto::sha256(crypto::as_bytes("ciphertext")), crypto::Bytes(32, 5), {1, 2, 3, 4}};
}

}  // namespace

TEST_CASE("a posting is found by its grant and by its token's hash, as it was put") {
    Edge edge;
    auto wanted = edge.posting(3);
    wanted.items.insert(wanted.items.begin(), {id<policies::ItemId>('f'), 7, 8});
    REQUIRE(edge.put(wanted)->changed);
    const auto found = edge.database->read([&](Connection& connection) -> Result<std::optional<Posting>> {
        const auto grant = edge.postings.find_by_token(connection, wanted.token_hash);
        return grant ? edge.postings.find(connection, *grant) : std::nullopt;
    });
    REQUIRE(found->has_value());
    const auto& posting = **found;
    CHECK(posting.version == 3);
    CHECK(posting.state == GrantState::open);
    CHECK(posting.expires_at == later);
    CHECK(posting.policy == wanted.policy);
    CHECK(posting.envelope == wanted.envelope);
    CHECK(posting.limits.open_uploads_max == 2);
    REQUIRE(posting.items.size() == 2);
    CHECK(posting.items[0].code.text() == std::string(32, 'f'));
    CHECK(edge.leaves_of("posting.published") == 1);
    CHECK(edge.leaves()[0].find(wanted.token_hash.hex()) == std::string::npos);
}

TEST_CASE("a version of a posting that is there changes nothing, and an older one is refused") {
    Edge edge;
    REQUIRE(edge.put(edge.posting(3))->changed);
    auto other = edge.posting(3);
    other.state = GrantState::closed;
    CHECK_FALSE(edge.put(other)->changed);
    for (const std::uint64_t version : {1U, 2U}) {
        other.version = version;
        CHECK(edge.put(other).error() == Errc::conflict);
    }
    CHECK(edge.create('1').has_value());
    CHECK(edge.leaves_of("posting.published") == 1);
}

TEST_CASE("two grants cannot share an access token") {
    Edge edge;
    REQUIRE(edge.put(edge.posting(1)).has_value());
    auto other = edge.posting(1);
    other.grant = id<policies::GrantId>('c');
    CHECK(edge.put(other).error() == Errc::conflict);
    CHECK(edge.leaves_of("posting.published") == 1);
}

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

TEST_CASE("bytes advance from the offset that is known, and never past the size") {
    Edge edge;
    REQUIRE(edge.put(edge.posting(1)).has_value());
    REQUIRE(edge.create('1', 100).has_value());
    CHECK(edge.advance('1', {0, 40, false}).has_value());
    CHECK(edge.advance('1', {0, 40, false}).error() == Errc::conflict);
    CHECK(edge.advance('1', {40, 30, false}).error() == Errc::conflict);
    CHECK(edge.advance('1', {40, 101, false}).error() == Errc::conflict);
    CHECK(edge.advance('1', {40, 100, true}, later).error() == Errc::refused);
    CHECK(edge.advance('1', {40, 60, true}).has_value());
    CHECK(edge.advance('1', {60, 100, false}).has_value());
    CHECK(edge.find('1').offset == 100);
    CHECK(edge.find('1').looked_at);  // once seen, seen
    CHECK(edge.advance('9', {0, 1, false}).error() == Errc::not_found);
}

TEST_CASE("a seal needs all bytes and a good header, and appends the acceptance leaf") {
    Edge edge;
    REQUIRE(edge.put(edge.posting(1)).has_value());
    REQUIRE(edge.create('1', 100).has_value());
    CHECK(edge.seal('1', some_seal()).error() == Errc::conflict);
    REQUIRE(edge.advance('1', {0, 100, false}).has_value());
    CHECK(edge.seal('1', some_seal()).error() == Errc::conflict);  // nobody looked at the header
    REQUIRE(edge.advance('1', {100, 100, true}).has_value());
    CHECK(edge.seal('1', some_seal(), later).error() == Errc::refused);
    CHECK(edge.leaves_of("upload.sealed") == 0);

    const auto sealed = edge.seal('1', some_seal());
    REQUIRE(sealed.has_value());
    CHECK(sealed->index == 1);
    CHECK_FALSE(sealed->again);
    const auto leaf = edge.leaves()[1];
    CHECK_THAT(leaf, ContainsSubstring("\"sha256\":\"" + some_seal().sha256.hex()));
    CHECK_THAT(leaf, ContainsSubstring("\"manifest\":\"" + crypto::sha256(some_seal().manifest).hex()));
    CHECK_THAT(leaf, ContainsSubstring("\"mac\":\"" + crypto::to_hex(some_seal().mac)));
    CHECK_THAT(leaf, ContainsSubstring("\"epoch\":1"));
    CHECK_THAT(leaf, ContainsSubstring("\"size\":100"));

    SECTION("the same again gives the same index, also when the grant is closed since") {
        auto closed = edge.posting(2);
        closed.state = GrantState::closed;
        REQUIRE(edge.put(closed).has_value());
        const auto again = edge.seal('1', some_seal());
        REQUIRE(again.has_value());
        CHECK(again->again);
        CHECK(again->index == 1);
        CHECK(edge.leaves_of("upload.sealed") == 1);
    }
    SECTION("another one is a conflict") {
        auto other = some_seal();
        other.mac[31] ^= 1;
        CHECK(edge.seal('1', other).error() == Errc::conflict);
        other = some_seal();
        other.manifest[0] ^= 1;
        CHECK(edge.seal('1', other).error() == Errc::conflict);
        other = some_seal();
        other.sha256.bytes[0] ^= 1;
        CHECK(edge.seal('1', other).error() == Errc::conflict);
    }
    SECTION("nothing changes it afterwards but core") {
        CHECK(edge.abort('1').error() == Errc::conflict);
        CHECK(edge.advance('1', {100, 100, true}).error() == Errc::conflict);
        CHECK(edge.find('1').state == UploadState::sealed);
    }
}

TEST_CASE("an aborted upload stays aborted and leaves one entry") {
    Edge edge;
    REQUIRE(edge.put(edge.posting(1)).has_value());
    REQUIRE(edge.create('1', 100).has_value());
    CHECK(edge.abort('1').has_value());
    CHECK(edge.abort('1').has_value());
    CHECK(edge.leaves_of("upload.aborted") == 1);
    CHECK_THAT(edge.leaves()[1], ContainsSubstring("\"reason\":\"by-uploader\""));
    CHECK(edge.advance('1', {0, 10, true}).error() == Errc::refused);
    CHECK(edge.seal('1', some_seal()).error() == Errc::refused);
    CHECK(edge.outcome('1', 1, Uploads::Ciphertext::keep).error() == Errc::conflict);
}

TEST_CASE("a posting that no longer permits them aborts unfinished uploads, and leaves sealed ones to core") {
    Edge edge;
    REQUIRE(edge.put(edge.posting(1)).has_value());
    REQUIRE(edge.create('1', 100).has_value());
    REQUIRE(edge.advance('1', {0, 100, true}).has_value());
    REQUIRE(edge.seal('1', some_seal()).has_value());
    REQUIRE(edge.create('2', 100).has_value());
    auto next = edge.posting(2);
    SECTION("withdrawn") {
        next.state = GrantState::withdrawn;
    }
    SECTION("paused") {
        next.state = GrantState::paused;
    }
    SECTION("a newer consent epoch") {
        next.epoch = 2;
    }
    SECTION("expired") {
        next.expires_at = now;
    }
    SECTION("a smaller limit") {
        next.limits.file_bytes_max = 99;
    }
    const auto change = edge.put(next);
    REQUIRE(change.has_value());
    REQUIRE(change->aborted.size() == 1);
    CHECK(change->aborted[0] == id<policies::UploadId>('2'));
    CHECK(edge.find('2').state == UploadState::aborted);
    CHECK(edge.find('1').state == UploadState::sealed);
    CHECK_THAT(edge.leaves().back(), ContainsSubstring("not-permitted"));
}

TEST_CASE("a posting that still permits them leaves unfinished uploads alone") {
    Edge edge;
    REQUIRE(edge.put(edge.posting(1)).has_value());
    REQUIRE(edge.create('2', 100).has_value());
    CHECK(edge.put(edge.posting(2))->aborted.empty());
    CHECK(edge.find('2').state == UploadState::receiving);
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
        return edge.database->read([&](Connection& connection) -> Result<std::vector<Upload>> { return edge.uploads.expired(connection, at); })
            ->size();
    };
    const auto owed = [&](Instant at) {
        return *edge.database->read([&](Connection& connection) -> Result<std::uint64_t> { return edge.uploads.bytes_owed(connection, at); });
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

TEST_CASE("outcomes count up; when core has taken the ciphertext the manifest goes") {
    Edge edge;
    REQUIRE(edge.put(edge.posting(1)).has_value());
    REQUIRE(edge.create('1', 100).has_value());
    CHECK(edge.outcome('1', 1, Uploads::Ciphertext::keep).error() == Errc::conflict);  // not sealed yet
    REQUIRE(edge.advance('1', {0, 100, true}).has_value());
    REQUIRE(edge.seal('1', some_seal()).has_value());

    CHECK(*edge.outcome('1', 2, Uploads::Ciphertext::keep) == false);
    CHECK(*edge.outcome('1', 1, Uploads::Ciphertext::keep) == false);  // older
    CHECK(edge.find('1').outcome->version == 2);
    CHECK(edge.leaves_of("outcome.published") == 1);

    CHECK(*edge.outcome('1', 3, Uploads::Ciphertext::remove) == true);
    CHECK(*edge.outcome('1', 3, Uploads::Ciphertext::remove) == true);  // core repeats after a crash
    CHECK(edge.leaves_of("outcome.published") == 2);
    CHECK(edge.leaves_of("upload.taken") == 1);
    CHECK(edge.find('1').state == UploadState::taken);
    const auto seal = edge.database->read([&](Connection& connection) -> Result<std::optional<Seal>> {
        return edge.uploads.seal_of(connection, id<policies::UploadId>('1'));
    });
    CHECK_FALSE(seal->has_value());
    CHECK(edge.seal('1', some_seal())->again);
}

TEST_CASE("bytes owed are those announced and not yet there") {
    Edge edge;
    REQUIRE(edge.put(edge.posting(1)).has_value());
    REQUIRE(edge.create('1', 100).has_value());
    REQUIRE(edge.create('2', 300).has_value());
    REQUIRE(edge.advance('1', {0, 60, true}).has_value());
    const auto owed = [&] {
        return *edge.database->read([&](Connection& connection) -> Result<std::uint64_t> { return edge.uploads.bytes_owed(connection, now); });
    };
    CHECK(owed() == 340);
    REQUIRE(edge.abort('2').has_value());
    CHECK(owed() == 40);
}

TEST_CASE("the log of all of it verifies") {
    Edge edge;
    REQUIRE(edge.put(edge.posting(1)).has_value());
    REQUIRE(edge.create('1', 100).has_value());
    REQUIRE(edge.advance('1', {0, 100, true}).has_value());
    const auto sealed = edge.seal('1', some_seal());
    REQUIRE(sealed.has_value());
    const auto receipt = edge.database->read([&](Connection& connection) { return edge.log.receipt(connection, sealed->index); });
    REQUIRE(receipt.has_value());
    CHECK(crypto::verify_receipt(*receipt, std::span(&edge.log.verifier(), 1)).has_value());
    CHECK(edge.database->read([&](Connection& connection) { return edge.log.verify(connection); }).has_value());
}
