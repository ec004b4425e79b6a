#include "gateway/edge/protocol/tus.hpp"

#include "crypto/encoding.hpp"
#include "gateway/edge/limits.hpp"
#include "tests/catch.hpp"

using namespace gateway::edge::protocol;
namespace limits = gateway::edge::limits;
using gateway::http::Request;

namespace {

const std::string item(32, 'a');
const std::string grant(32, 'b');

std::string base64(const std::string& text) {
    return crypto::to_base64(crypto::as_bytes(text));
}

Request creation() {
    Request request;
    request.headers = {{"tus-resumable", "1.0.0"}, {"upload-length", "1000"}, {"upload-metadata", "item " + base64(item)}};
    return request;
}

Request changed(Request request, const std::string& name, const std::string& value) {
    std::erase_if(request.headers, [&](const auto& header) { return header.name == name; });
    request.headers.push_back({name, value});
    return request;
}

int status_of(const Request& request) {
    const auto parsed = tus::parse_creation(request);
    return parsed.has_value() ? 201 : parsed.error().status;
}

}  // namespace

TEST_CASE("an integer is digits up to 2^63 - 1 and nothing else") {
    CHECK(tus::parse_integer("0") == 0U);
    CHECK(tus::parse_integer("007") == 7U);
    CHECK(tus::parse_integer("9223372036854775807") == 9223372036854775807U);
    for (const auto* text :
         {"", " 1", "1 ", "+1", "-1", "0x10", "1e3", "1.0", "1abc", "9223372036854775808", "18446744073709551616", "99999999999999999999999"
         }) {
        INFO(text);
        CHECK_FALSE(tus::parse_integer(text).has_value());
    }
}

TEST_CASE("metadata may say anything in the right form; item and grant are ids of ours") {
    const auto good = tus::parse_metadata("grant " + base64(grant) + ",item " + base64(item));
    REQUIRE(good.has_value());
    CHECK(good->item->text() == item);
    CHECK(good->grant->text() == grant);
    CHECK_FALSE(tus::parse_metadata("item " + base64(item))->grant.has_value());
    for (const auto& text :
         {"item " + base64(item) + ",filename " + base64("report.pdf"),
          "item " + base64(item) + ", grant " + base64(grant),
          std::string("is_confidential,empty ,item ") + base64(item),
          "Item " + base64("another key") + ",item " + base64(item)}) {
        INFO(text);
        REQUIRE(tus::parse_metadata(text).has_value());
        CHECK(tus::parse_metadata(text)->item->text() == item);
    }
    CHECK_FALSE(tus::parse_metadata("grant " + base64(grant))->item.has_value());
    for (const auto& text :
         {std::string(),
          std::string("item"),
          std::string("item "),
          "item " + item,
          "item  " + base64(item),
          "item " + base64(item) + ",",
          "," + std::string("item ") + base64(item),
          "item " + base64(item) + ",item " + base64(item),
          "item " + base64(item) + ",name,name",
          "item " + base64(item) + ",n\tame " + base64("x"),
          "item " + base64(item) + ",name " + base64("x") + " y",
          "item " + base64(item) + ",name not-base64!",
          "item " + base64(item + "a"),
          "item " + base64("../../etc/passwd"),
          "item " + base64(item) + ",grant",
          std::string(2049, 'x')}) {
        INFO(text);
        CHECK_FALSE(tus::parse_metadata(text).has_value());
    }
}

TEST_CASE("a creation is read, or refused with the status that says why") {
    const auto good = tus::parse_creation(creation());
    REQUIRE(good.has_value());
    CHECK(good->length == 1000);
    CHECK(good->item->text() == item);
    CHECK(good->metadata == "item " + base64(item));

    CHECK(status_of(changed(creation(), "upload-length", "-1")) == 400);
    CHECK(status_of(changed(creation(), "upload-length", "")) == 400);
    CHECK(status_of(changed(creation(), "upload-defer-length", "1")) == 400);
    CHECK(status_of(changed(creation(), "upload-concat", "partial")) == 400);
    CHECK(status_of(changed(creation(), "upload-metadata", ",")) == 400);
    auto twice = creation();
    twice.headers.push_back({"upload-length", "1000"});
    CHECK(status_of(twice) == 400);
}

TEST_CASE("lengths are held at their limits") {
    const auto at = [](std::uint64_t length) { return status_of(changed(creation(), "upload-length", std::to_string(length))); };
    CHECK(at(0) == 201);
    CHECK(at(limits::file_bytes_max) == 201);
    CHECK(at(limits::file_bytes_max + 1) == 413);
}

TEST_CASE("a creation with bytes needs the media type and no more bytes than announced") {
    auto request = creation();
    request.content_length = 0;
    CHECK(status_of(request) == 201);
    request.content_length = 1000;
    CHECK(status_of(request) == 415);
    request.headers.push_back({"content-type", "application/offset+octet-stream"});
    CHECK(status_of(request) == 201);
    request.content_length = 1001;
    CHECK(status_of(request) == 413);
}

TEST_CASE("an append names its offset and its media type") {
    Request request;
    request.headers = {{"upload-offset", "5"}, {"content-type", "application/offset+octet-stream"}};
    CHECK(tus::parse_append(request)->offset == 5);
    CHECK_FALSE(tus::parse_append(request)->length.has_value());
    CHECK(tus::parse_append(changed(request, "upload-length", "50"))->length == 50U);
    CHECK(tus::parse_append(changed(request, "upload-length", "5e1")).error().status == 400);
    CHECK(tus::parse_append(changed(request, "content-type", "application/octet-stream")).error().status == 415);
    CHECK(tus::parse_append(changed(request, "upload-offset", "+5")).error().status == 400);
}

TEST_CASE("a length may be said later, and then only so") {
    auto request = changed(creation(), "upload-defer-length", "1");
    std::erase_if(request.headers, [](const auto& header) { return header.name == "upload-length"; });
    const auto parsed = tus::parse_creation(request);
    REQUIRE(parsed.has_value());
    CHECK_FALSE(parsed->length.has_value());
    CHECK(status_of(changed(request, "upload-defer-length", "2")) == 400);
    CHECK(status_of(changed(request, "upload-length", "1000")) == 400);
    std::erase_if(request.headers, [](const auto& header) { return header.name == "upload-defer-length"; });
    CHECK(status_of(request) == 400);
}

TEST_CASE("a checksum is one of three algorithms and as long as it must be") {
    const auto parsed = [](const std::string& text) {
        Request request;
        request.headers = {{"upload-checksum", text}};
        return tus::parse_checksum(request);
    };
    CHECK(parsed("sha1 " + base64(std::string(20, 'x')))->front().algorithm == crypto::ChecksumAlgorithm::sha1);
    CHECK(parsed("sha256 " + base64(std::string(32, 'x')))->front().value.size() == 32);
    CHECK(parsed("sha512 " + base64(std::string(64, 'x')))->front().algorithm == crypto::ChecksumAlgorithm::sha512);
    CHECK(tus::parse_checksum(Request{})->empty());
    for (const auto& text :
         {std::string(),
          std::string("sha1"),
          std::string("sha1 "),
          "sha1 " + base64(std::string(19, 'x')),
          "SHA1 " + base64(std::string(20, 'x')),
          "md5 " + base64(std::string(16, 'x')),
          "sha1 " + base64(std::string(20, 'x')) + " "}) {
        INFO(text);
        CHECK(parsed(text).error().status == 400);
    }
}
