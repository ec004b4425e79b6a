#include "gateway/cli/encrypted_document.hpp"

#include "crypto/open/identity.hpp"
#include "crypto/open/open.hpp"
#include "gateway/cli/refusal.hpp"
#include "tests/catch.hpp"
#include "tests/storage/scratch.hpp"

#include <fstream>
#include <random>

#include <sys/stat.h>

using namespace gateway::cli;

namespace {

constexpr std::size_t chunk = crypto::age::chunk_plain;
constexpr std::size_t piece = 16 * chunk;  // what is read and sealed at a time

// A document of random bytes, and the key that it is sent under.
struct Fixture {
    explicit Fixture(std::size_t size) : bytes(size) {
        random.fill(bytes);
        write(bytes);
        const crypto::age::Recipient* const recipients[] = {&identity.recipient()};
        start = *crypto::age::start_file(recipients, random);
    }
    void write(crypto::ByteView content) const {
        std::ofstream(file, std::ios::binary)
            .write(reinterpret_cast<const char*>(content.data()), static_cast<std::streamsize>(content.size()));
    }

    tests::Scratch scratch;
    std::filesystem::path file = scratch / "document";
    tests::SeededRandom random{20261127};
    crypto::open::X25519Identity identity = crypto::open::X25519Identity::generate(random);
    crypto::Bytes bytes;
    crypto::age::FileStart start;
};

const EncryptedDocument::Watch nobody = [](std::uint64_t) {};

crypto::Bytes read_from(EncryptedDocument& document, std::uint64_t offset, std::size_t at_once) {
    crypto::Bytes sealed;
    crypto::Bytes buffer(at_once);
    while (const auto count = document.read_at(offset, buffer)) {
        sealed.insert(sealed.end(), buffer.begin(), buffer.begin() + static_cast<std::ptrdiff_t>(count));
        offset += count;
    }
    return sealed;
}

crypto::Bytes decrypted(const crypto::open::Identity& identity, crypto::ByteView sealed) {
    crypto::Bytes plain;
    crypto::open::Decryptor decryptor({&identity}, [&plain](crypto::ByteView bytes) -> crypto::Result<void> {
        plain.insert(plain.end(), bytes.begin(), bytes.end());
        return {};
    });
    REQUIRE(decryptor.update(sealed));
    REQUIRE(decryptor.finish());
    return plain;
}

std::string type_of_refusal(const std::function<void()>& work) {
    try {
        work();
    } catch (const Refusal& refusal) {
        return refusal.type();
    }
    return "none";
}

}  // namespace

TEST_CASE("a document read as an age file opens to what it was, at every size around a border", "[cli]") {
    for (const std::size_t size : {std::size_t{1}, chunk - 1, chunk, chunk + 1, piece - 1, piece, piece + 1, 2 * piece + 3 * chunk + 7}) {
        CAPTURE(size);
        const Fixture given(size);
        EncryptedDocument document(given.file);
        const auto digests = document.read_through(given.start, nobody);
        CHECK(digests.plain == crypto::sha256(given.bytes));
        const auto sealed = read_from(document, 0, 16 * 1024);
        CHECK(sealed.size() == document.size());
        CHECK(digests.sealed == crypto::sha256(sealed));
        CHECK(decrypted(given.identity, sealed) == given.bytes);
    }
}

TEST_CASE("a later run with the same key goes on with the same bytes, from any place", "[cli]") {
    const Fixture given(2 * piece + 5);
    EncryptedDocument first(given.file);
    const auto digests = first.read_through(given.start, nobody);
    const auto whole = read_from(first, 0, 100'000);
    EncryptedDocument second(given.file);
    std::uint64_t watched = 0;
    CHECK(second.read_through([&watched](std::uint64_t bytes) { watched += bytes; }) == digests.plain);
    CHECK(watched == given.bytes.size());
    second.take_key(given.start);
    std::mt19937_64 engine(7);
    for (int number = 0; number < 50; ++number) {
        const std::uint64_t offset = engine() % (whole.size() + 1);
        CAPTURE(offset);
        const auto rest = read_from(second, offset, 1 + engine() % 200'000);
        CHECK(std::equal(rest.begin(), rest.end(), whole.begin() + static_cast<std::ptrdiff_t>(offset), whole.end()));
    }
    CHECK(read_from(second, whole.size() + 1000, 10).empty());
}

TEST_CASE("bytes that changed since they were read through are never sealed", "[cli]") {
    Fixture given(3 * piece);
    EncryptedDocument document(given.file);
    static_cast<void>(document.read_through(given.start, nobody));
    const auto before = read_from(document, 0, piece);
    given.bytes[piece + 5] ^= 1;
    given.write(given.bytes);
    crypto::Bytes buffer(10);
    CHECK(document.read_at(0, buffer) == 10);
    CHECK(type_of_refusal([&] { document.read_at(piece + 64 * 1024, buffer); }) == "changed");
    CHECK(type_of_refusal([&] { document.read_at(piece + 64 * 1024, buffer); }) == "changed");
    given.bytes[piece + 5] ^= 1;
    given.write(given.bytes);
    CHECK(read_from(document, 0, piece) == before);
}

TEST_CASE("a document that got shorter, longer, or another one under its name is told as changed", "[cli]") {
    const Fixture given(piece + 1);
    EncryptedDocument document(given.file);
    static_cast<void>(document.read_through(given.start, nobody));
    document.expect_unchanged();
    std::filesystem::resize_file(given.file, piece);
    crypto::Bytes buffer(10);
    CHECK(type_of_refusal([&] { document.read_at(document.size() - 10, buffer); }) == "changed");
    CHECK(type_of_refusal([&] { document.expect_unchanged(); }) == "changed");
    std::filesystem::remove(given.file);
    CHECK(type_of_refusal([&] { document.expect_unchanged(); }) == "changed");
    given.write(given.bytes);
    CHECK(type_of_refusal([&] { document.expect_unchanged(); }) == "changed");
}

TEST_CASE("what has nothing to send is refused by name", "[cli]") {
    const tests::Scratch scratch;
    CHECK(type_of_refusal([&] { EncryptedDocument none(scratch / "none"); }) == "unreadable");
    std::ofstream empty(scratch / "empty");
    CHECK(type_of_refusal([&] { EncryptedDocument none(scratch / "empty"); }) == "empty");
    std::filesystem::create_directory(scratch / "folder");
    CHECK(type_of_refusal([&] { EncryptedDocument none(scratch / "folder"); }) == "unreadable");
    REQUIRE(::mkfifo((scratch / "pipe").c_str(), 0600) == 0);
    CHECK(type_of_refusal([&] { EncryptedDocument none(scratch / "pipe"); }) == "unreadable");
}
