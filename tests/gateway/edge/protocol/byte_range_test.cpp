#include "gateway/edge/protocol/byte_range.hpp"

#include "tests/catch.hpp"

using namespace gateway::edge::protocol;
using Kind = Selection::Kind;

namespace {

constexpr std::string_view etag = "\"aa\"";

Selection of(std::string_view range, std::uint64_t size = 1000) {
    return select({.range = range, .if_range = {}, .if_none_match = {}}, {etag, size});
}

void is_part(std::string_view range, std::uint64_t first, std::uint64_t length, std::uint64_t size = 1000) {
    INFO(range);
    const auto selection = of(range, size);
    CHECK(selection.kind == Kind::part);
    CHECK(selection.first == first);
    CHECK(selection.length == length);
}

}  // namespace

TEST_CASE("one range of bytes is that part, however it is written") {
    is_part("bytes=0-499", 0, 500);  // the examples of RFC 9110 section 14.1.2, on a file of 10000 bytes and on ours
    is_part("bytes=500-999", 500, 500, 10'000);
    is_part("bytes=-500", 9'500, 500, 10'000);
    is_part("bytes=9500-", 9'500, 500, 10'000);
    is_part("bytes=0-0", 0, 1);
    is_part("bytes=-1", 999, 1);
    is_part("bytes=999-", 999, 1);
    is_part("BYTES= 5-9", 5, 5);
}

TEST_CASE("a range that goes beyond the end is cut to it") {
    is_part("bytes=900-2000", 900, 100);
    is_part("bytes=-5000", 0, 1000);
    is_part("bytes=1-99999999999999999999999999", 1, 999);
    is_part("bytes=-99999999999999999999999999", 0, 1000);
}

TEST_CASE("a range that begins behind the end cannot be satisfied") {
    for (const auto* range : {"bytes=1000-", "bytes=1000-1000", "bytes=5000-6000", "bytes=-0", "bytes=18446744073709551616-"}) {
        INFO(range);
        CHECK(of(range).kind == Kind::unsatisfiable);
    }
    CHECK(of("bytes=0-", 0).kind == Kind::unsatisfiable);
    CHECK(of("bytes=-1", 0).kind == Kind::unsatisfiable);
}

TEST_CASE("several ranges, another unit and what does not parse are the whole file") {
    for (const auto* range :
         {"bytes=0-1,5-6",
          "bytes=-1,-2",
          "items=0-1",
          "bytes",
          "bytes=",
          "bytes=-",
          "bytes=a-b",
          "bytes=5-2",
          "bytes=1-2-3",
          "bytes=+1-2",
          "bytes=1 - 2",
          "bytes 0-1",
          "",
          "=",
          "bytes=--1",
          "bytes=0x1-2"}) {
        INFO(range);
        const auto selection = of(range);
        CHECK(selection.kind == Kind::whole);
        CHECK(selection.first == 0);
        CHECK(selection.length == 1000);
    }
}

TEST_CASE("If-Range holds a part to the strong tag it names") {
    const auto with = [](std::optional<std::string_view> tag) {
        return select({.range = "bytes=1-2", .if_range = tag, .if_none_match = {}, .if_range_there = true}, {etag, 1000}).kind;
    };
    CHECK(with(etag) == Kind::part);
    for (const auto* other : {"\"bb\"", "W/\"aa\"", "aa", "*", "Tue, 24 Nov 2026 10:00:00 GMT", ""}) {
        INFO(other);
        CHECK(with(other) == Kind::whole);
    }
    CHECK(with(std::nullopt) == Kind::whole);  // there twice
}

TEST_CASE("If-None-Match with the tag says not modified, before any range") {
    const auto with = [](std::string_view tags) {
        return select({.range = "bytes=5000-", .if_range = {}, .if_none_match = tags}, {etag, 1000}).kind;
    };
    for (const auto* tags : {"\"aa\"", "W/\"aa\"", "*", "\"x\", \"aa\"", "\"x\",W/\"aa\" , \"y\""}) {
        INFO(tags);
        CHECK(with(tags) == Kind::not_modified);
    }
    CHECK(with("\"bb\"") == Kind::unsatisfiable);
    CHECK(with("") == Kind::unsatisfiable);
    CHECK(with("aa") == Kind::unsatisfiable);
}

TEST_CASE("only a GET has ranges") {
    const Wanted head{.range = "bytes=1-2", .if_range = {}, .if_none_match = {}, .range_counts = false};
    CHECK(select(head, {etag, 1000}).kind == Kind::whole);
}

TEST_CASE("Content-Range says which bytes of how many") {
    CHECK(content_range(of("bytes=5-9"), 1000) == "bytes 5-9/1000");
    CHECK(content_range(of("bytes=-1"), 1000) == "bytes 999-999/1000");
    CHECK(content_range(of("bytes=5000-"), 1000) == "bytes */1000");
}
