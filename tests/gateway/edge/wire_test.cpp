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

TEST_CASE("a posting names machines by digest, each once; one from before machines names none") {
    CHECK(parse_posting(posting_text())->machines == storage::Machines{});
    const auto with = [](const std::string& machines) {
        return replaced(posting_text(), R"("later")", R"("machines":)" + machines + R"(,"later")");
    };
    const auto list = [](std::size_t count) {
        std::string digests;
        for (std::size_t one = 0; one < count; ++one) {
            digests += (one == 0 ? "\"" : ",\"") + crypto::sha256(crypto::as_bytes(std::to_string(one))).hex() + "\"";
        }
        return "[" + digests + "]";
    };
    const auto posting = parse_posting(with(R"({"clients":[")" + digest + R"("],"certificates":)" + list(64) + R"(,"later":1})"));
    REQUIRE(posting.has_value());
    REQUIRE(posting->machines.clients.size() == 1);
    CHECK(posting->machines.clients[0].hex() == digest);
    CHECK(posting->machines.certificates.size() == 64);
    const auto twice = "[\"" + digest + "\",\"" + digest + "\"]";
    for (const std::string& bad : std::vector<std::string>{
             "null",
             "[]",
             "{}",
             R"({"clients":[]})",
             R"({"clients":[],"certificates":{}})",
             R"({"clients":[1],"certificates":[]})",
             R"({"clients":["ab"],"certificates":[]})",
             R"({"clients":)" + twice + R"(,"certificates":[]})",
             R"({"clients":[],"certificates":)" + list(65) + "}"
         }) {
        INFO(bad);
        CHECK(parse_posting(with(bad)).has_error());
    }
}

TEST_CASE("issuers are a whole set, each with a name, an audience and keys that verify") {
    const std::string keys = R"({"keys":[{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]})";
    const auto one = [&keys](const std::string& name) { return R"({"issuer":")" + name + R"(","audience":"us","keys":)" + keys + "}"; };
    const auto issuers = parse_issuers(R"({"issuers":[)" + one("https://a") + "," + one("https://b") + "]}");
    REQUIRE(issuers.has_value());
    REQUIRE(issuers->size() == 2);
    CHECK((*issuers)[1].issuer == "https://b");
    CHECK((*issuers)[1].audience == "us");
    CHECK((*issuers)[1].keys.size() == 1);
    CHECK(parse_issuers(R"({"issuers":[]})")->empty());
    std::string many = one("0");
    for (int count = 1; count < 16; ++count) {
        many += "," + one(std::to_string(count));
    }
    CHECK(parse_issuers(R"({"issuers":[)" + many + "]}").has_value());
    for (const std::string& bad :
         {std::string(),
          std::string("{}"),
          std::string(R"({"issuers":{}})"),
          std::string(R"({"issuers":[1]})"),
          R"({"issuers":[)" + one("https://a") + "," + one("https://a") + "]}",
          R"({"issuers":[)" + one("") + "]}",
          R"({"issuers":[)" + replaced(one("https://a"), "us", "") + "]}",
          R"({"issuers":[)" + replaced(one("https://a"), R"("audience":"us",)", "") + "]}",
          R"({"issuers":[)" + replaced(one("https://a"), "Ed25519", "Ed448") + "]}",
          R"({"issuers":[)" + replaced(one("https://a"), R"("kty")", R"("d":"AA","kty")") + "]}",
          R"({"issuers":[)" + many + "," + one("more") + "]}"}) {
        INFO(bad);
        CHECK(parse_issuers(bad).has_error());
    }
}
