#include "storage/vault.hpp"

#include "tests/catch.hpp"
#include "tests/storage/scratch.hpp"

#include <sys/stat.h>

#include <fstream>

using storage::Errc;
using storage::Vault;

namespace {

const std::string name = "ab00000000000000000000000000000c";

Vault open(const std::filesystem::path& folder) {
    auto vault = Vault::open(folder);
    REQUIRE(vault.has_value());
    return std::move(*vault);
}

crypto::Bytes whole(const Vault& vault, const std::string& file) {
    const auto reader = vault.open_to_read(file);
    REQUIRE(reader.has_value());
    crypto::Bytes bytes(reader->size() + 10);
    const auto got = reader->read_at(0, bytes);
    REQUIRE(got.has_value());
    bytes.resize(*got);
    return bytes;
}

}  // namespace

TEST_CASE("a file grows at its offsets, and a chunk sent again lands in its own place") {
    const tests::Scratch scratch;
    const auto vault = open(scratch / "v");
    auto writer = vault.create(name);
    REQUIRE(writer.has_value());
    REQUIRE(writer->write_at(0, crypto::as_bytes("hello ")).has_value());
    REQUIRE(writer->write_at(6, crypto::as_bytes("wxrld")).has_value());
    auto again = vault.open_to_write(name);
    REQUIRE(again.has_value());
    REQUIRE(again->write_at(6, crypto::as_bytes("world")).has_value());
    REQUIRE(again->sync().has_value());
    CHECK(crypto::as_text(whole(vault, name)) == "hello world");
}

TEST_CASE("a name is taken once: by create and by put") {
    const tests::Scratch scratch;
    const auto vault = open(scratch / "v");
    REQUIRE(vault.put(name, crypto::as_bytes("one")).has_value());
    CHECK(vault.put(name, crypto::as_bytes("two")).error() == Errc::conflict);
    CHECK(vault.create(name).error() == Errc::conflict);
    CHECK(crypto::as_text(whole(vault, name)) == "one");
}

TEST_CASE("what is not there is not found; removing it again is fine") {
    const tests::Scratch scratch;
    const auto vault = open(scratch / "v");
    CHECK(vault.open_to_read(name).error() == Errc::not_found);
    CHECK(vault.open_to_write(name).error() == Errc::not_found);
    CHECK_FALSE(vault.contains(name));
    REQUIRE(vault.put(name, {}).has_value());
    CHECK(vault.contains(name));
    CHECK(vault.remove(name).has_value());
    CHECK(vault.remove(name).has_value());
    CHECK_FALSE(vault.contains(name));
}

TEST_CASE("litter of interrupted writes goes when the vault is opened, files stay") {
    const tests::Scratch scratch;
    {
        const auto vault = open(scratch / "v");
        REQUIRE(vault.put(name, crypto::as_bytes("kept")).has_value());
        std::ofstream(scratch / "v" / "ab" / ".new-1-1") << "half";
        CHECK(vault.names() == std::vector<std::string>{name});
    }
    const auto vault = open(scratch / "v");
    CHECK(vault.names() == std::vector<std::string>{name});
    CHECK_FALSE(std::filesystem::exists(scratch / "v" / "ab" / ".new-1-1"));
}

TEST_CASE("a staged file counts when it is adopted, and stays staged over a new start") {
    const tests::Scratch scratch;
    const std::string other = "ab00000000000000000000000000000d";
    {
        const auto vault = open(scratch / "v");
        REQUIRE(vault.stage(name, crypto::as_bytes("whole")).has_value());
        REQUIRE(vault.stage(other, crypto::as_bytes("whole")).has_value());
        CHECK(vault.stage(name, crypto::as_bytes("again")).error() == Errc::conflict);
        CHECK_FALSE(vault.contains(name));
        CHECK(vault.names().empty());
    }
    const auto vault = open(scratch / "v");
    CHECK(vault.staged_names().size() == 2);
    REQUIRE(vault.adopt(name).has_value());
    CHECK(whole(vault, name) == crypto::Bytes{'w', 'h', 'o', 'l', 'e'});
    CHECK(vault.adopt(name).error() == Errc::not_found);
    CHECK(vault.unstage(other).has_value());
    CHECK(vault.unstage(other).has_value());
    CHECK(vault.staged_names().empty());
}

TEST_CASE("what stands behind an offset is cut off, and nothing else") {
    const tests::Scratch scratch;
    const auto vault = open(scratch / "v");
    auto writer = vault.create(name);
    REQUIRE((writer.has_value() && writer->write_at(0, crypto::as_bytes("0123456789")).has_value()));
    CHECK(writer->cut_to(4).has_value());
    CHECK(writer->cut_to(9).has_value());
    CHECK(whole(vault, name) == crypto::Bytes{'0', '1', '2', '3'});
}

TEST_CASE("files and folders are for the owner alone") {
    const tests::Scratch scratch;
    const auto vault = open(scratch / "v");
    REQUIRE(vault.put(name, {}).has_value());
    REQUIRE(vault.create("cd0").has_value());
    struct stat about{};
    for (const auto* file : {"v/ab/ab00000000000000000000000000000c", "v/cd/cd0"}) {
        REQUIRE(::stat((scratch / file).c_str(), &about) == 0);
        CHECK((about.st_mode & 0777U) == 0600U);
    }
    REQUIRE(::stat((scratch / "v/ab").c_str(), &about) == 0);
    CHECK((about.st_mode & 0777U) == 0700U);
}

TEST_CASE("a link in a file's place is not followed") {
    const tests::Scratch scratch;
    const auto vault = open(scratch / "v");
    std::ofstream(scratch / "outside") << "secret";
    std::filesystem::create_symlink(scratch / "outside", scratch / "v" / "ab" / name);
    CHECK(vault.open_to_read(name).has_error());
    CHECK(vault.open_to_write(name).has_error());
    CHECK_FALSE(vault.contains(name));
}

TEST_CASE("the vault knows how much room there is") {
    const tests::Scratch scratch;
    const auto vault = open(scratch / "v");
    const auto free = vault.free_bytes();
    REQUIRE(free.has_value());
    CHECK(*free > 0);
}
