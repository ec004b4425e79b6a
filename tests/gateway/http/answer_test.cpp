#include "gateway/http/answer.hpp"
#include "gateway/http/language.hpp"
#include "gateway/http/pace.hpp"
#include "gateway/http/problem.hpp"

#include "tests/catch.hpp"

#include <nlohmann/json.hpp>

#include <set>

using namespace gateway::http;
using namespace std::chrono_literals;

namespace {

constexpr Problem every_problem[] = {
    problems::bad_request,
    problems::unauthorized,
    problems::forbidden,
    problems::not_found,
    problems::method_not_allowed,
    problems::timeout,
    problems::conflict,
    problems::offset_mismatch,
    problems::inconsistent_length,
    problems::completed_upload,
    problems::digest_mismatch,
    problems::gone,
    problems::checksum_mismatch,
    problems::incomplete,
    problems::length_required,
    problems::unsupported_version,
    problems::too_large,
    problems::target_too_long,
    problems::unsupported_type,
    problems::expectation_failed,
    problems::misdirected,
    problems::not_encrypted,
    problems::damaged,
    problems::invalid,
    problems::too_many,
    problems::header_too_large,
    problems::internal,
    problems::not_implemented,
    problems::unavailable,
    problems::version_not_supported,
    problems::no_space
};

std::string title(const Problem& what, std::string_view language) {
    return nlohmann::json::parse(problem(what, language).body).at("title").get<std::string>();
}

AnswerFrame frame_at(std::int64_t seconds) {
    AnswerFrame frame;
    frame.now = {seconds * policies::one_second};
    return frame;
}

}  // namespace

TEST_CASE("every problem speaks four languages") {
    for (const auto& what : every_problem) {
        INFO(what.type);
        std::set<std::string> titles;
        for (const auto code : language_codes) {
            titles.insert(title(what, code));
        }
        CHECK(titles.size() == 4);
        CHECK(titles.count("") == 0);
    }
}

TEST_CASE("a problem is RFC 9457 and keeps its detail out of harm") {
    const auto response = problem(problems::offset_mismatch, "en-GB,en;q=0.8", "offset is \"5\"\n");
    const auto body = nlohmann::json::parse(response.body);
    CHECK(response.status == 409);
    CHECK(body.at("type") == "https://iana.org/assignments/http-problem-types#mismatching-upload-offset");
    CHECK(body.at("status") == 409);
    CHECK(body.at("detail") == "offset is \"5\"\n");
    CHECK(nlohmann::json::parse(problem(problems::not_found).body).count("detail") == 0);
    const auto head = answer_head(response, frame_at(0));
    CHECK_THAT(head, ContainsSubstring("\r\nContent-Type: application/problem+json\r\n"));
    CHECK_THAT(head, ContainsSubstring("\r\nContent-Language: en\r\n"));
    CHECK_THAT(answer_head(problem(problems::unauthorized), frame_at(0)), ContainsSubstring("\r\nWWW-Authenticate: Bearer\r\n"));
}

TEST_CASE("the caller's language is the best of ours, Dutch when there is none") {
    CHECK(preferred_language("") == Language::nl);
    CHECK(preferred_language("fr") == Language::fr);
    CHECK(preferred_language("fr-BE, nl;q=0.9") == Language::fr);
    CHECK(preferred_language("nl;q=0.5, de;q=0.7, en;q=0.6") == Language::de);
    CHECK(preferred_language("es, it;q=0.9, EN;q=0.1") == Language::en);
    CHECK(preferred_language("en;q=0") == Language::nl);
    CHECK(preferred_language("en;q=0.0001, fr;q=abc, de;q=") == Language::nl);
    CHECK(preferred_language("*") == Language::nl);
    CHECK(preferred_language(",,;;q=,french") == Language::nl);
}

TEST_CASE("an answer's head carries its length, date and protections") {
    auto response = json(201, "{}");
    response.with("Location", "/x");
    const auto head = answer_head(response, frame_at(784111777));
    CHECK(head.starts_with("HTTP/1.1 201 Created\r\n"));
    CHECK(head.ends_with("\r\n\r\n"));
    CHECK_THAT(head, ContainsSubstring("\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n"));  // the example of RFC 9110 section 5.6.7
    CHECK_THAT(head, ContainsSubstring("\r\nContent-Length: 2\r\n"));
    CHECK_THAT(head, ContainsSubstring("\r\nLocation: /x\r\n"));
    CHECK_THAT(head, ContainsSubstring("\r\nCache-Control: no-store\r\n"));
    CHECK_THAT(head, ContainsSubstring("\r\nContent-Security-Policy: default-src 'none'; frame-ancestors 'none'\r\n"));
    for (const auto* name :
         {"Strict-Transport-Security: max-age=63072000",
          "X-Content-Type-Options: nosniff",
          "Referrer-Policy: no-referrer",
          "Cross-Origin-Opener-Policy: same-origin",
          "Cross-Origin-Embedder-Policy: require-corp",
          "Cross-Origin-Resource-Policy: same-origin",
          "Permissions-Policy: "}) {
        CHECK_THAT(head, ContainsSubstring(name));
    }
    CHECK(head.find("Connection:") == std::string::npos);
}

TEST_CASE("the portal has its own policy, an immutable asset its own cache rule, a handler the last word") {
    auto frame = frame_at(0);
    frame.portal = true;
    frame.close = true;
    Response response;
    response.asset = "abc";
    response.cache = Response::Cache::immutable;
    const auto head = answer_head(response, frame);
    CHECK_THAT(head, ContainsSubstring("require-trusted-types-for 'script'; trusted-types portal#worker\r\n"));
    CHECK_THAT(head, ContainsSubstring("\r\nCache-Control: public, max-age=31536000, immutable\r\n"));
    CHECK_THAT(head, ContainsSubstring("\r\nContent-Length: 3\r\n"));
    CHECK_THAT(head, ContainsSubstring("\r\nConnection: close\r\n"));
    response.with("content-security-policy", "sandbox");
    CHECK(answer_head(response, frame).find("trusted-types") == std::string::npos);
}

TEST_CASE("204 and 304 have no length and no body, HEAD no body") {
    CHECK(answer_head(empty(204), frame_at(0)).find("Content-Length") == std::string::npos);
    CHECK_FALSE(has_body(text(204, "x"), Method::get));
    CHECK_FALSE(has_body(text(200, "x"), Method::head));
    CHECK(has_body(text(200, "x"), Method::get));
    CHECK_THAT(answer_head(empty(200), frame_at(0)), ContainsSubstring("\r\nContent-Length: 0\r\n"));
}

TEST_CASE("a header that breaks its line is seen") {
    CHECK(is_clean(empty(200).with("A", "b")));
    CHECK_FALSE(is_clean(empty(200).with("A", "b\r\nC: d")));
    CHECK_FALSE(is_clean(empty(200).with("A\n", "b")));
    CHECK_FALSE(is_clean(empty(200).with("A", std::string("b\0", 2))));
}

TEST_CASE("a body at 1 KiB/s lives, one below it runs out of time after its grace") {
    Pace honest(15s);
    for (int second = 0; second < 40 * 60; ++second) {
        honest.waited(1s, 1024);
        REQUIRE(honest.left() == 15s);
    }
    Pace drip(15s);
    int seconds = 0;
    while (drip.left() > 0s) {
        drip.waited(1s, 1);
        ++seconds;
    }
    CHECK(seconds == 16);
    Pace burst(15s);
    burst.waited(1s, 1024UL * 1024 * 1024);
    CHECK(burst.left() == 15s);  // what came fast is no credit for a drip later
}
