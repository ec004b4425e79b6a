#include "tests/storage/edge/edge_ledgers.hpp"

using namespace edge_ledgers;

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

TEST_CASE("a length that comes later is held within what was reserved, and never changes") {
    Edge edge;
    REQUIRE(edge.put(edge.posting(1)).has_value());
    const auto create = [&](char letter) {
        return edge.database->commit([&](Connection& connection) {
            return edge.uploads.create(connection, edge.wanted(letter, std::nullopt), now);
        });
    };
    const auto created = create('1');
    REQUIRE(created.has_value());
    CHECK(created->upload.size == 500);  // the most that the item may have
    CHECK_FALSE(created->upload.length_known);
    CHECK(edge.advance('1', {0, 40, true}).has_value());
    CHECK(edge.advance('1', {40, 50, true, 501}).error() == Errc::conflict);
    CHECK(edge.advance('1', {40, 50, true, 49}).error() == Errc::conflict);
    CHECK(edge.seal('1', some_seal()).error() == Errc::conflict);
    const auto known = edge.advance('1', {40, 50, true, 60});
    REQUIRE(known.has_value());
    CHECK((known->size == 60 && known->length_known && !known->complete));
    CHECK(edge.advance('1', {50, 60, true, 61}).error() == Errc::conflict);
    CHECK(edge.advance('1', {50, 60, true, 60, true})->complete);
    CHECK(edge.advance('1', {60, 60, true}).has_value());
}

TEST_CASE("an item may be left out when the grant has one, and a full disk is told before a byte comes") {
    Edge edge;
    auto posting = edge.posting(1);
    REQUIRE(edge.put(posting).has_value());
    const auto create = [&](const Uploads::New& wanted) {
        return edge.database->commit([&](Connection& connection) { return edge.uploads.create(connection, wanted, now); });
    };
    auto wanted = edge.wanted('1', 100);
    wanted.item.reset();
    CHECK(create(wanted)->upload.item == edge.item);
    wanted = edge.wanted('2', 100);
    wanted.room = 199;  // 100 are owed to the first
    CHECK(create(wanted).error() == Errc::full);
    wanted.room = 200;
    CHECK(create(wanted).has_value());
    posting.version = 2;
    posting.items.push_back({id<policies::ItemId>('c'), 500, 3});
    REQUIRE(edge.put(posting).has_value());
    wanted = edge.wanted('3', 100);
    wanted.item.reset();
    CHECK(create(wanted).error() == Errc::not_found);
}

TEST_CASE("what a foreign client says besides the item is forgotten at the end") {
    Edge edge;
    REQUIRE(edge.put(edge.posting(1)).has_value());
    REQUIRE((edge.create('1').has_value() && edge.create('2').has_value()));
    CHECK(edge.find('1').metadata == "item eA==,filename eA==");
    REQUIRE(edge.abort('1').has_value());
    REQUIRE(edge.advance('2', {0, 100, true}).has_value());
    REQUIRE(edge.seal('2', some_seal()).has_value());
    const auto only_item = "item " + crypto::to_base64(crypto::as_bytes(edge.item.text()));
    CHECK(edge.find('1').metadata == only_item);
    CHECK(edge.find('2').metadata == only_item);
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
