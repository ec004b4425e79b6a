#include "gateway/cli/unfinished_upload.hpp"

#include "tests/catch.hpp"

#include <nlohmann/json.hpp>

using namespace gateway::cli;

namespace {

UnfinishedUpload example() {
    crypto::SystemRandom random;
    const auto recipient = *crypto::age::X25519Recipient::parse("age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj");
    const crypto::age::Recipient* const recipients[] = {&recipient};
    return {
        .upload = "00112233445566778899aabbccddeeff",
        .recipient = recipient.text(),
        .file = {.size = 1ULL << 60U, .modified = 1'764'280'000'123'456'789, .inode = ~0ULL},
        .plain = crypto::sha256(crypto::as_bytes("plain")),
        .sealed = crypto::sha256(crypto::as_bytes("sealed")),
        .start = *crypto::age::start_file(recipients, random),
        .seal = R"({"manifest":"…"})",
    };
}

}  // namespace

TEST_CASE("an unfinished upload comes back as it was kept", "[cli]") {
    const auto kept = example();
    const auto read = parse_unfinished(format_unfinished(kept));
    REQUIRE(read);
    CHECK(read->upload == kept.upload);
    CHECK(read->recipient == kept.recipient);
    CHECK(read->file == kept.file);
    CHECK(read->plain == kept.plain);
    CHECK(read->sealed == kept.sealed);
    CHECK(read->seal == kept.seal);
    CHECK(read->start.beginning == kept.start.beginning);
    CHECK(read->start.file_key == kept.start.file_key);
    CHECK(read->start.nonce == kept.start.nonce);
}

TEST_CASE("one that is cut anywhere is none", "[cli]") {
    const auto text = format_unfinished(example());
    for (std::size_t size = 0; size + 2 < text.size(); ++size) {
        CAPTURE(size);
        CHECK_FALSE(parse_unfinished(std::string_view(text).substr(0, size)));
    }
}

TEST_CASE("one with a member missing, of another kind or of another version is none", "[cli]") {
    const auto good = nlohmann::json::parse(format_unfinished(example()));
    for (const auto& [name, value] : good.items()) {
        CAPTURE(name);
        auto without = good;
        without.erase(name);
        CHECK_FALSE(parse_unfinished(without.dump()));
        auto wrong = good;
        wrong[name] = nlohmann::json::array({1});
        CHECK_FALSE(parse_unfinished(wrong.dump()));
    }
    for (const auto& [name, value] : std::map<std::string, nlohmann::json>{
             {"v", 2}, {"upload", "../../../etc"}, {"upload", ""}, {"key", "AAAA"}, {"key", "?"}, {"beginning", "AAAA"}, {"plain", "00"}
         }) {
        auto wrong = good;
        wrong[name] = value;
        CHECK_FALSE(parse_unfinished(wrong.dump()));
    }
    auto wrong = good;
    wrong["file"]["size"] = "1";
    CHECK_FALSE(parse_unfinished(wrong.dump()));
}

TEST_CASE("each document of each item of each grant of each edge has a name of its own, which tells nothing", "[cli]") {
    const UploadPlace place{"https://edge", "grant", "item", "/a/b.pdf"};
    const auto name = unfinished_name(place);
    CHECK(name.size() == 64);
    CHECK(name == unfinished_name(place));
    CHECK(name != unfinished_name({"https://edge2", "grant", "item", "/a/b.pdf"}));
    CHECK(name != unfinished_name({"https://edge", "grant2", "item", "/a/b.pdf"}));
    CHECK(name != unfinished_name({"https://edge", "grant", "item2", "/a/b.pdf"}));
    CHECK(name != unfinished_name({"https://edge", "grant", "item", "/a/b2.pdf"}));
    CHECK(unfinished_name({"https://edge", "grant", "item", "/\xFF\xFE"}).size() == 64);  // a path need not be text
}
