#include "gateway/edge/protocol/structured_field.hpp"

#include "crypto/encoding.hpp"
#include "tests/catch.hpp"

using namespace gateway::edge::protocol;

TEST_CASE("an integer is up to 15 digits, with parameters that mean nothing") {
    CHECK(parse_sf_integer("0") == 0U);
    CHECK(parse_sf_integer("999999999999999") == 999'999'999'999'999U);
    CHECK(parse_sf_integer(" 12 ") == 12U);
    CHECK(parse_sf_integer("12;a;b=?1;c=3.1") == 12U);
    for (const auto* text :
         {"", "-1", "+1", "1.0", "0x1", "1000000000000000", "\"1\"", "1 2", "1,2", "?1", "1;", "1;A", "1;a=", "1;a=b c"}) {
        INFO(text);
        CHECK_FALSE(parse_sf_integer(text).has_value());
    }
}

TEST_CASE("a boolean is ?0 or ?1") {
    CHECK(parse_sf_boolean("?1") == true);
    CHECK(parse_sf_boolean("?0;x") == false);
    for (const auto* text : {"", "1", "0", "true", "?", "?2", "?10", "?1, ?1", "\"?1\""}) {
        INFO(text);
        CHECK_FALSE(parse_sf_boolean(text).has_value());
    }
}

TEST_CASE("digests are a dictionary of byte sequences; unknown algorithms are passed over") {
    const auto value = crypto::to_base64(crypto::Bytes(32, 7));
    const auto one = parse_digests("unixsum=:AAA=:, sha-256=:" + value + ":");
    REQUIRE(one.has_value());
    REQUIRE(one->size() == 1);
    CHECK(digest_text(one->front()) == "sha-256=:" + value + ":");
    CHECK(parse_digests("md5=:AAAA:")->empty());
    CHECK(parse_digests("sha-512=:" + crypto::to_base64(crypto::Bytes(64, 7)) + ":")->front().value.size() == 64);
    for (const auto& text :
         {std::string(),
          std::string("sha-256"),
          "sha-256=" + value,
          "sha-256=:" + value,
          "sha-256=:" + value + ":,",
          "sha-512=:" + value + ":",
          std::string("sha-256=:no base64:"),
          std::string("sha-256=::")}) {
        INFO(text);
        CHECK_FALSE(parse_digests(text).has_value());
    }
}
