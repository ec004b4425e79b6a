#include "crypto/manifest.hpp"

#include "crypto/errors.hpp"
#include "tests/crypto/vectors.hpp"

#include <nlohmann/json.hpp>

using namespace crypto;

namespace {

Manifest example() {
    Manifest manifest;
    manifest.grant = "00112233445566778899aabbccddeeff";
    manifest.item = "ffeeddccbbaa99887766554433221100";
    manifest.name = "Médisch verslag.pdf";
    manifest.type = "application/pdf";
    manifest.size = 123456789012;
    manifest.sha256 = sha256(as_bytes("plaintext"));
    manifest.note = "two pages";
    manifest.sealed_at = "2026-01-02T03:04:05Z";
    return manifest;
}

nlohmann::json example_json() {
    return nlohmann::json::parse(format_manifest(example()));
}

bool is_refused(const nlohmann::json& document) {
    const auto parsed = parse_manifest(as_bytes(document.dump()));
    return !parsed && parsed.error() == Errc::format;
}

}  // namespace

TEST_CASE("a manifest is read as it was written") {
    Manifest manifest = example();
    SECTION("superseding nothing") {}
    SECTION("superseding an earlier upload") {
        manifest.supersedes = "0123456789abcdef0123456789abcdef";
    }
    SECTION("without type and note") {
        manifest.type.clear();
        manifest.note.clear();
    }
    const auto read = parse_manifest(as_bytes(format_manifest(manifest)));
    REQUIRE(read);
    CHECK(read->grant == manifest.grant);
    CHECK(read->item == manifest.item);
    CHECK(read->name == manifest.name);
    CHECK(read->type == manifest.type);
    CHECK(read->size == manifest.size);
    CHECK(read->sha256 == manifest.sha256);
    CHECK(read->supersedes == manifest.supersedes);
    CHECK(read->note == manifest.note);
    CHECK(read->sealed_at == manifest.sealed_at);
}

TEST_CASE("a manifest has the fields of the contract") {
    CHECK(
        format_manifest(example()) ==
        R"({"v":1,"grant":"00112233445566778899aabbccddeeff","item":"ffeeddccbbaa99887766554433221100","name":"Médisch verslag.pdf",)"
        R"("type":"application/pdf","size":123456789012,"sha256":")" +
            sha256(as_bytes("plaintext")).hex() + R"(","supersedes":null,"note":"two pages","sealedAt":"2026-01-02T03:04:05Z"})"
    );
}

TEST_CASE("a manifest without one of its fields, or with one of another type, is refused") {
    const auto whole = example_json();
    for (const auto& [name, value] : whole.items()) {
        INFO(name);
        auto without = example_json();
        without.erase(name);
        CHECK(is_refused(without));
        for (const nlohmann::json& other : {nlohmann::json(true), nlohmann::json(-1), nlohmann::json(1.5), nlohmann::json::array()}) {
            auto changed = example_json();
            changed[name] = other;
            CHECK(is_refused(changed));
        }
    }
    auto more = example_json();
    more["extra"] = "x";
    CHECK(is_refused(more));
    auto later = example_json();
    later["v"] = 2;
    CHECK(is_refused(later));
    auto upper = example_json();
    upper["sha256"] = std::string(64, 'A');
    CHECK(is_refused(upper));
}

TEST_CASE("texts of a manifest have limits") {
    auto at_limit = example_json();
    at_limit["name"] = std::string(1024, 'n');
    at_limit["note"] = std::string(4096, 'n');
    CHECK(parse_manifest(as_bytes(at_limit.dump())).has_value());
    auto long_name = example_json();
    long_name["name"] = std::string(1025, 'n');
    CHECK(is_refused(long_name));
    auto long_note = example_json();
    long_note["note"] = std::string(4097, 'n');
    CHECK(is_refused(long_note));
    CHECK(parse_manifest(as_bytes(at_limit.dump() + std::string(16 * 1024, ' '))).error() == Errc::format);
}

TEST_CASE("what is no JSON object is no manifest") {
    for (const std::string& text : {std::string(), std::string("[]"), std::string("{"), std::string("null"), std::string(16000, '[')}) {
        CHECK(parse_manifest(as_bytes(text)).error() == Errc::format);
    }
    auto bad_utf8 = format_manifest(example());
    bad_utf8.replace(bad_utf8.find("two pages"), 3, "\xff\xff\xff");
    CHECK(parse_manifest(as_bytes(bad_utf8)).error() == Errc::format);
}

TEST_CASE("a name that is not UTF-8 is written so that it can be read") {
    Manifest manifest = example();
    manifest.name = "caf\xe9.pdf";
    const auto read = parse_manifest(as_bytes(format_manifest(manifest)));
    REQUIRE(read);
    CHECK(read->name == "caf\xef\xbf\xbd.pdf");
}

TEST_CASE("the MAC covers manifest and ciphertext") {
    Secret<32> key;
    std::uint8_t next = 0;
    for (std::uint8_t& byte : key.expose_writable()) {
        byte = next++;
    }
    // Computed with Python's hmac module.
    const SealedDigests digests{sha256(as_bytes("manifest")), sha256(as_bytes("ciphertext"))};
    CHECK(manifest_mac(key, digests).hex() == "7d0d75020ad9fe1ceb552ea043b8fcc04177f94052799ce93cbb1975246259fa");
    CHECK(manifest_mac(key, {digests.ciphertext, digests.manifest}) != manifest_mac(key, digests));
    CHECK(manifest_mac(Secret<32>(), digests) != manifest_mac(key, digests));
}
