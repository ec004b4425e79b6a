#include "storage/core/case_store.hpp"

#include "tests/catch.hpp"

#include <unistd.h>

namespace {

class Folder {
public:
    Folder() {
        std::string name = (std::filesystem::temp_directory_path() / "sluis-case-store-XXXXXX").string();
        REQUIRE(::mkdtemp(name.data()) != nullptr);
        path_ = name;
    }
    ~Folder() { std::filesystem::remove_all(path_); }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    std::filesystem::path cases() const { return path_ / "cases"; }

private:
    std::filesystem::path path_;
};

const auto document = *policies::DocumentId::parse("00112233445566778899aabbccddeeff");

storage::core::CaseStore open(const Folder& folder) {
    auto store = storage::core::CaseStore::open(folder.cases());
    REQUIRE(store.has_value());
    return std::move(*store);
}

void write(const storage::core::CaseStore& store, std::string_view text) {
    auto payload = store.begin(document);
    REQUIRE(payload.has_value());
    REQUIRE(payload->append(crypto::as_bytes(text.substr(0, 3))).has_value());
    REQUIRE(payload->append(crypto::as_bytes(text.substr(3))).has_value());
    CHECK(payload->size() == text.size());
    REQUIRE(store.file(std::move(*payload), "the header").has_value());
}

std::string read(const storage::core::CaseStore& store) {
    const auto reader = store.payload(document);
    REQUIRE(reader.has_value());
    std::string text(reader->size(), '\0');
    const auto got = reader->read_at(0, {reinterpret_cast<std::uint8_t*>(text.data()), text.size()});
    REQUIRE(got.has_value());
    return text;
}

}  // namespace

TEST_CASE("a filed document gives its header and its payload back, also after a restart") {
    const Folder folder;
    write(open(folder), "the payload");
    const auto store = open(folder);
    CHECK(store.contains(document));
    CHECK(*store.header(document) == "the header");
    CHECK(read(store) == "the payload");
}

TEST_CASE("a payload that was not filed is not in the store, and the next try replaces it") {
    const Folder folder;
    {
        const auto store = open(folder);
        auto payload = store.begin(document);
        REQUIRE(payload.has_value());
        REQUIRE(payload->append(crypto::as_bytes("a longer half of something else")).has_value());
        CHECK_FALSE(store.contains(document));
        CHECK(store.payload(document).error() == storage::Errc::not_found);
        CHECK(store.header(document).error() == storage::Errc::not_found);
    }
    const auto store = open(folder);
    write(store, "short one");
    CHECK(read(store) == "short one");
}

TEST_CASE("a filed document is not written over") {
    const Folder folder;
    const auto store = open(folder);
    write(store, "the payload");
    CHECK(store.begin(document).error() == storage::Errc::conflict);
    CHECK(read(store) == "the payload");
}

TEST_CASE("a removed document leaves no bytes behind, and removing twice is fine") {
    const Folder folder;
    const auto store = open(folder);
    write(store, "the payload");
    CHECK(store.remove(document).has_value());
    CHECK(store.remove(document).has_value());
    CHECK_FALSE(store.contains(document));
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder.cases())) {
        CHECK(entry.is_directory());
    }
    write(store, "again");
    CHECK(read(store) == "again");
}
