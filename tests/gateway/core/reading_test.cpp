#include "tests/gateway/core/world.hpp"

#include "crypto/age/stream.hpp"

using world::World;

namespace {

policies::DocumentId file_one(World& world, const crypto::Bytes& plain) {
    const auto upload = world.upload(plain);
    world.router().turn();
    return world.document(upload).id;
}

}  // namespace

TEST_CASE("a filed document reads as it was sent, whatever the size of the pieces") {
    for (const std::size_t size : {std::size_t{0}, std::size_t{10}, std::size_t{65'536}, std::size_t{131'073}}) {
        World world;
        const auto plain = world::some_bytes(size);
        const auto id = file_one(world, plain);
        for (const std::size_t piece : {std::size_t{1'000}, std::size_t{65'536}, std::size_t{1'000'000}}) {
            const auto source = gateway::core::open_document(*world.database, *world.case_store, *world.keyring, id);
            REQUIRE(source.has_value());
            CHECK((*source)->size == size);
            crypto::Bytes read;
            for (auto bytes = (*source)->read(0, piece); !bytes.empty(); bytes = (*source)->read(read.size(), piece)) {
                CHECK(bytes.size() <= piece);
                read.insert(read.end(), bytes.begin(), bytes.end());
            }
            CHECK(read == plain);
        }
    }
}

TEST_CASE("a document is read from front to back only") {
    World world;
    const auto id = file_one(world, world::some_bytes(1'000));
    const auto source = gateway::core::open_document(*world.database, *world.case_store, *world.keyring, id);
    CHECK_THROWS_AS((*source)->read(10, 100), std::runtime_error);
    CHECK((*source)->read(0, 100).size() == 100);
    CHECK_THROWS_AS((*source)->read(0, 100), std::runtime_error);
}

TEST_CASE("a stored document that was altered ends in an error, and no altered byte comes out") {
    World world;
    const auto plain = world::some_bytes(100'000);
    const auto id = file_one(world, plain);
    const auto file = world.folder.path() / "cases" / id.text().substr(0, 2) / (id.text() + ".payload");

    SECTION("a byte of the second chunk") {
        std::fstream stream(file, std::ios::binary | std::ios::in | std::ios::out);
        stream.seekp(static_cast<std::streamoff>(crypto::age::payload_nonce + crypto::age::chunk_sealed + 100));
        stream.put('!');
    }
    SECTION("the last chunk is gone") {
        std::filesystem::resize_file(file, crypto::age::payload_nonce + crypto::age::chunk_sealed);
    }

    const auto source = gateway::core::open_document(*world.database, *world.case_store, *world.keyring, id);
    REQUIRE(source.has_value());
    crypto::Bytes read;
    const auto read_all = [&] {
        for (auto bytes = (*source)->read(0, 100'000); !bytes.empty(); bytes = (*source)->read(read.size(), 100'000)) {
            read.insert(read.end(), bytes.begin(), bytes.end());
        }
    };
    CHECK_THROWS_AS(read_all(), std::runtime_error);
    CHECK(std::equal(read.begin(), read.end(), plain.begin()));
}

TEST_CASE("what is not filed cannot be read") {
    World world;
    const auto unknown = *policies::DocumentId::parse(std::string(32, 'a'));
    const auto none = gateway::core::open_document(*world.database, *world.case_store, *world.keyring, unknown);
    CHECK(none.error() == storage::Errc::not_found);

    const auto upload = world.upload(world::some_bytes(10));
    world.withdraw_consent();
    world.router().turn();
    const auto withdrawn = gateway::core::open_document(*world.database, *world.case_store, *world.keyring, world.document(upload).id);
    CHECK(withdrawn.error() == storage::Errc::not_found);
}
