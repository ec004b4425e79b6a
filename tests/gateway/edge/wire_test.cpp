#include "gateway/edge/wire.hpp"

#include "crypto/encoding.hpp"
#include "tests/catch.hpp"

using namespace gateway::edge;

namespace {

const std::string grant(32, 'a');
const std::string item(32, 'b');
const std::string digest(64, 'c');

std::string posting_text() {
    return R"({"grant":")" + grant + R"(","version":7,"tokenHash":")" + digest + R"(","state":"open","epoch":2,)" +
           R"("expiresAt":"2030-01-01T00:00:00Z","policy":")" + digest + R"(","envelope":"AQID",)" +
           R"("limits":{"fileBytesMax":10,"filesMax":2,"bytesMax":15,"openUploadsMax":1},)" + R"("items":[{"code":")" + item +
           R"(","fileBytesMax":5,"filesMax":1}],"later":{"unknown":true}})";
}

std::string replaced(std::string text, const std::string& what, const std::string& by) {
    const auto at = text.find(what);
    REQUIRE(at != std::string::npos);
    return text.replace(at, what.size(), by);
}

std::string seal_text() {
    return R"({"manifest":"AQID","mac":")" + digest + R"(","sha256":")" + digest + R"("})";
}

}  // namespace

TEST_CASE("a posting of core is read; fields of a newer core are ignored") {
    const auto posting = parse_posting(posting_text());
    REQUIRE(posting.has_value());
    CHECK(posting->grant.text() == grant);
    CHECK(posting->version == 7);
    CHECK(posting->token_hash.hex() == digest);
    CHECK(posting->epoch == 2);
    CHECK(posting->envelope == crypto::Bytes{1, 2, 3});
    CHECK(posting->limits.open_uploads_max == 1);
    REQUIRE(posting->items.size() == 1);
    CHECK(posting->items[0].file_bytes_max == 5);
}

TEST_CASE("a posting with a wrong, missing or doubled member is refused") {
    const auto good = posting_text();
    const auto one = R"({"code":")" + item + R"(","fileBytesMax":5,"filesMax":1})";
    for (const auto& bad :
         {replaced(good, "\"version\":7", "\"version\":-7"),
          replaced(good, "\"version\":7", "\"version\":7.0"),
          replaced(good, "\"version\":7", "\"version\":\"7\""),
          replaced(good, "\"version\":7", "\"version\":9223372036854775808"),
          replaced(good, "\"open\"", "\"ajar\""),
          replaced(good, "2030-01-01T00:00:00Z", "2030-13-01T00:00:00Z"),
          replaced(good, "\"AQID\"", "\"AQI\""),
          replaced(good, "\"epoch\":2,", ""),
          replaced(good, "\"filesMax\":2,", ""),
          replaced(good, one, one + "," + one),
          replaced(good, item, "x"),
          replaced(good, "[{", "[5,{"),
          replaced(good, grant, "../../x"),
          std::string("[]"),
          std::string("{"),
          std::string("null"),
          std::string()}) {
        INFO(bad);
        CHECK(parse_posting(bad).has_error());
    }
}

TEST_CASE("a seal is three members, to the letter") {
    const auto seal = parse_seal(seal_text());
    REQUIRE(seal.has_value());
    CHECK(seal->sha256.hex() == digest);
    CHECK(seal->mac.size() == 32);
    CHECK(seal->manifest == crypto::Bytes{1, 2, 3});
    for (const auto& bad :
         {replaced(seal_text(), "}", R"(,"name":"x.pdf"})"),
          replaced(seal_text(), digest, "cc"),
          replaced(seal_text(), digest, std::string(64, 'C')),
          replaced(seal_text(), "AQID", "A*ID"),
          replaced(seal_text(), "\"AQID\"", "3"),
          std::string("[1,2,3]"),
          std::string(100'000, '[')}) {
        CHECK(parse_seal(bad).has_error());
    }
}

TEST_CASE("a manifest over its limit is refused, one at it is not") {
    const auto with = [](std::size_t bytes) {
        return parse_seal(replaced(seal_text(), "AQID", crypto::to_base64(crypto::Bytes(bytes, 1)))).has_value();
    };
    CHECK(with(64 * 1024));
    CHECK_FALSE(with(64 * 1024 + 1));
}

TEST_CASE("an outcome says whether the ciphertext stays, and whether its place is free") {
    using storage::edge::Uploads;
    const auto waiting = parse_outcome(R"({"version":1,"sealed":"AQ==","keep":true,"placeFree":false})");
    CHECK(waiting->ciphertext == Uploads::Ciphertext::keep);
    CHECK(waiting->place == Uploads::Place::used);
    const auto redo = parse_outcome(R"({"version":1,"sealed":"AQ==","keep":false,"placeFree":true})");
    CHECK(redo->ciphertext == Uploads::Ciphertext::remove);
    CHECK(redo->place == Uploads::Place::free);
    CHECK(parse_outcome(R"({"version":1,"sealed":"AQ==","placeFree":true})").has_error());
    CHECK(parse_outcome(R"({"version":1,"sealed":"AQ==","keep":true})").has_error());
    CHECK(parse_outcome(R"({"version":1,"sealed":"AQ==","keep":0,"placeFree":true})").has_error());
}

TEST_CASE("what a grant sees of itself") {
    const auto posting = parse_posting(posting_text());
    const storage::edge::Upload upload{
        .id = *policies::UploadId::parse(std::string(32, 'd')),
        .grant = posting->grant,
        .item = posting->items[0].code,
        .metadata = {},
        .size = 5,
        .offset = 3,
        .created_at = {0},
        .log_index = std::nullopt,
        .outcome = storage::edge::Outcome{4, {1, 2, 3}}
    };
    CHECK(
        upload_json(upload) == R"({"at":"1970-01-01T00:00:00.000000Z","id":")" + std::string(32, 'd') + R"(","item":")" + item +
                                   R"(","offset":3,"outcome":{"sealed":"AQID","version":4},"size":5,"state":"receiving"})"
    );
    const auto text = posting_json(*posting, {upload});
    CHECK_THAT(text, ContainsSubstring(R"("envelope":"AQID")"));
    CHECK_THAT(text, ContainsSubstring(upload_json(upload)));
    CHECK(text.find("tokenHash") == std::string::npos);
}
