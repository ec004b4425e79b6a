#include "gateway/edge/protocol/resumable.hpp"

#include "crypto/encoding.hpp"
#include "gateway/edge/limits.hpp"
#include "gateway/edge/protocol/speech.hpp"
#include "tests/catch.hpp"

using namespace gateway::edge::protocol;
using gateway::http::Request;
using Headers = std::vector<gateway::http::Header>;

namespace {

Request request(Headers headers, std::uint64_t body_bytes = 0) {
    Request one;
    one.headers = std::move(headers);
    one.content_length = body_bytes;
    return one;
}

int status_of(const Request& request) {
    const auto first = resumable::parse_creation(request);
    return first.has_value() ? 201 : first.error().status;
}

Said said(Headers headers) {
    return listen(request(std::move(headers))).said;
}

}  // namespace

TEST_CASE("a request says which protocol it speaks, tus first") {
    CHECK(said({{"tus-resumable", "1.0.0"}}) == Said::tus);
    CHECK(said({{"tus-resumable", "1.0.0"}, {"upload-complete", "?1"}}) == Said::tus);
    CHECK(said({{"tus-resumable", "0.2.2"}}) == Said::unsupported);
    CHECK(said({{"tus-resumable", "1.0.0"}, {"tus-resumable", "1.0.0"}}) == Said::unsupported);
    CHECK(said({{"upload-draft-interop-version", "8"}}) == Said::resumable);
    CHECK(said({{"upload-complete", "?0"}}) == Said::resumable);
    CHECK(said({{"upload-draft-interop-version", "3"}}) == Said::nothing);
    CHECK(said({}) == Said::nothing);
    CHECK(listen(request({{"upload-draft-interop-version", "6"}})).speech.interop == 6U);
    CHECK_FALSE(listen(request({{"upload-draft-interop-version", "7"}, {"upload-complete", "?1"}})).speech.interop.has_value());
}

TEST_CASE("a creation knows its length from its end or from a field, which agree") {
    CHECK(resumable::parse_creation(request({{"upload-complete", "?1"}}, 300))->creation.length == 300U);
    CHECK(resumable::parse_creation(request({{"upload-complete", "?1"}}, 300))->body.completes);
    CHECK_FALSE(resumable::parse_creation(request({{"upload-complete", "?0"}}, 300))->creation.length.has_value());
    CHECK(resumable::parse_creation(request({{"upload-complete", "?0"}, {"upload-length", "500"}}, 300))->creation.length == 500U);
    CHECK(status_of(request({{"upload-complete", "?1"}, {"upload-length", "301"}}, 300)) == 400);
    CHECK(status_of(request({{"upload-complete", "?0"}, {"upload-length", "299"}}, 300)) == 400);
    CHECK(status_of(request({{"upload-complete", "?1"}, {"upload-length", "none"}}, 300)) == 201);  // a field of another type is ignored
    CHECK(status_of(request({{"upload-complete", "true"}}, 300)) == 400);
    CHECK(status_of(request({{"upload-complete", "?0"}}, gateway::edge::limits::file_bytes_max + 1)) == 413);
    CHECK(status_of(request({{"upload-complete", "?1"}, {"content-digest", "sha-256=:AAAA:"}}, 300)) == 400);
}

TEST_CASE("an append names offset, completeness and media type") {
    const Headers good = {{"content-type", "application/partial-upload"}, {"upload-offset", "5"}, {"upload-complete", "?1"}};
    CHECK(resumable::parse_append(request(good, 9))->offset == 5);
    CHECK(resumable::parse_append(request(good, 9))->completes);
    for (std::size_t without = 1; without < good.size(); ++without) {
        auto headers = good;
        headers.erase(headers.begin() + static_cast<std::ptrdiff_t>(without));
        CHECK(resumable::parse_append(request(headers)).error().status == 400);
    }
    auto other = good;
    other[0].value = "application/offset+octet-stream";
    CHECK(resumable::parse_append(request(other)).error().status == 415);
}
