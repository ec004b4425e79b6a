// Every rule of the wire profile, on both its sides.
#include "gateway/http/guard.hpp"
#include "gateway/http/head.hpp"
#include "gateway/limits.hpp"

#include "tests/catch.hpp"

using namespace gateway::http;

namespace {

const std::vector<std::string> hosts{"upload.city.example", "localhost", "[::1]"};

// The status the guard refuses with; 0 when the block passes guard and parser.
int outcome(const std::string& block, std::string_view server_name = "localhost") {
    HeadScan scan;
    const auto state = scan.scan(block);
    if (state == HeadScan::State::refused) {
        return scan.refusal().problem.status;
    }
    if (state == HeadScan::State::more) {
        return -1;
    }
    const auto head = block.substr(scan.start(), scan.size() - scan.start());
    const auto verdict = vet(head, hosts, server_name);
    if (verdict.refusal) {
        return verdict.refusal->problem.status;
    }
    return parse_head(head, verdict.head) ? 0 : 400;
}

std::string with_line(const std::string& request_line) {
    return request_line + "\r\nHost: localhost\r\n\r\n";
}
std::string with_fields(const std::string& fields) {
    return "POST /x HTTP/1.1\r\nHost: localhost\r\n" + fields + "\r\n";
}
std::string with_host(const std::string& lines) {
    return "GET / HTTP/1.1\r\n" + lines + "\r\n";
}

struct Case {
    const char* what;
    std::string block;
    int status;
};

void check_all(const std::vector<Case>& cases) {
    for (const auto& one : cases) {
        INFO(one.what);
        CHECK(outcome(one.block) == one.status);
    }
}

}  // namespace

TEST_CASE("request lines: HTTP/1.1 and 1.0, known methods, single spaces") {
    check_all({
        {"plain", with_line("GET / HTTP/1.1"), 0},
        {"HTTP/1.0", with_line("GET / HTTP/1.0"), 0},
        {"every method", with_line("PATCH /a HTTP/1.1"), 0},
        {"one empty line before", "\r\n" + with_line("GET / HTTP/1.1"), 0},
        {"two empty lines before", "\r\n\r\n" + with_line("GET / HTTP/1.1"), 400},
        {"HTTP/0.9", "GET /\r\n", 400},
        {"HTTP/1.2", with_line("GET / HTTP/1.2"), 505},
        {"HTTP/2.0 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505},
        {"HTTP/3.0", with_line("GET / HTTP/3.0"), 505},
        {"lower-case version", with_line("GET / http/1.1"), 400},
        {"long version", with_line("GET / HTTP/1.10"), 400},
        {"no version number", with_line("GET / HTTP/"), 400},
        {"two spaces", with_line("GET  / HTTP/1.1"), 400},
        {"two spaces before the version", with_line("GET /  HTTP/1.1"), 400},
        {"tab", with_line("GET\t/ HTTP/1.1"), 400},
        {"leading space", with_line(" GET / HTTP/1.1"), 400},
        {"trailing space", with_line("GET / HTTP/1.1 "), 400},
        {"unknown method", with_line("BREW / HTTP/1.1"), 501},
        {"lower-case method", with_line("get / HTTP/1.1"), 501},
        {"TRACE", with_line("TRACE / HTTP/1.1"), 405},
        {"CONNECT", with_line("CONNECT localhost:443 HTTP/1.1"), 405},
        {"method that is no token", with_line("GE(T / HTTP/1.1"), 400},
    });
}

TEST_CASE("targets: origin-form, no escape in a path, no dot segment") {
    check_all({
        {"path and query", with_line("GET /a/b?c=d&e=%20f HTTP/1.1"), 0},
        {"all path bytes", with_line("GET /aZ9-._~!$&'()*+,;=:@ HTTP/1.1"), 0},
        {"dots inside a name", with_line("GET /a..b/.c/...d HTTP/1.1"), 0},
        {"absolute-form", with_line("GET https://localhost/ HTTP/1.1"), 400},
        {"asterisk-form", with_line("OPTIONS * HTTP/1.1"), 400},
        {"authority-form", with_line("GET localhost:443 HTTP/1.1"), 400},
        {"percent in the path", with_line("GET /%61 HTTP/1.1"), 400},
        {"encoded dots", with_line("GET /%2e%2e/ HTTP/1.1"), 400},
        {"dot segment", with_line("GET /a/./b HTTP/1.1"), 400},
        {"dot-dot segment", with_line("GET /a/../b HTTP/1.1"), 400},
        {"dot-dot at the end", with_line("GET /a/.. HTTP/1.1"), 400},
        {"dot alone", with_line("GET /. HTTP/1.1"), 400},
        {"backslash", with_line("GET /a\\b HTTP/1.1"), 400},
        {"fragment", with_line("GET /a#b HTTP/1.1"), 400},
        {"over 0x7f", with_line("GET /\xc3\xa9 HTTP/1.1"), 400},
        {"DEL", with_line("GET /\x7f HTTP/1.1"), 400},
        {"half an escape", with_line("GET /?a=%2 HTTP/1.1"), 400},
        {"no escape", with_line("GET /?a=%zz HTTP/1.1"), 400},
        {"angle bracket in a query", with_line("GET /?a=<b> HTTP/1.1"), 400},
    });
}

TEST_CASE("Host: exactly one, ours, and the name of the TLS connection") {
    check_all({
        {"with a port", with_host("Host: localhost:8443\r\n"), 0},
        {"in capitals", with_host("HOST: LOCALHOST\r\n"), 0},
        {"spaces around", with_host("Host: \t localhost \t\r\n"), 0},
        {"none", with_host(""), 400},
        {"twice the same", with_host("Host: localhost\r\nHost: localhost\r\n"), 400},
        {"empty", with_host("Host:\r\n"), 400},
        {"a list", with_host("Host: localhost, localhost\r\n"), 400},
        {"userinfo", with_host("Host: user@localhost\r\n"), 400},
        {"path", with_host("Host: localhost/x\r\n"), 400},
        {"port that is none", with_host("Host: localhost:x\r\n"), 400},
        {"empty port", with_host("Host: localhost:\r\n"), 400},
        {"long port", with_host("Host: localhost:123456\r\n"), 400},
        {"not ours", with_host("Host: evil.example\r\n"), 421},
        {"ends like ours", with_host("Host: xlocalhost\r\n"), 421},
        {"starts like ours", with_host("Host: localhost.evil.example\r\n"), 421},
        {"with the root's dot", with_host("Host: localhost.\r\n"), 421},
        {"ours, but of another connection", with_host("Host: upload.city.example\r\n"), 421},
        {"HTTP/1.0 without", "GET / HTTP/1.0\r\n\r\n", 400},
    });
    CHECK(outcome(with_host("Host: upload.city.example\r\n"), "upload.city.example") == 0);
    CHECK(outcome(with_host("Host: upload.city.example\r\n"), "") == 0);
    CHECK(outcome(with_host("Host: [::1]:8443\r\n"), "") == 0);
    CHECK(outcome(with_host("Host: [::2]\r\n"), "") == 421);
    CHECK(outcome(with_host("Host: [::1\r\n"), "") == 400);
}

TEST_CASE("fields: token names, visible values, no folding") {
    check_all({
        {"usual", with_fields("Accept: */*\r\nX-Odd_Name.1: a\tb \"c\"\r\n"), 0},
        {"empty value", with_fields("Accept:\r\n"), 0},
        {"space before the colon", with_fields("Accept : x\r\n"), 400},
        {"no colon", with_fields("Accept\r\n"), 400},
        {"empty name", with_fields(": x\r\n"), 400},
        {"name with a bracket", with_fields("A(b): x\r\n"), 400},
        {"name over 0x7f", with_fields("\xc3\xa9: x\r\n"), 400},
        {"folded", with_fields("Accept: a\r\n b\r\n"), 400},
        {"folded with a tab", with_fields("Accept: a\r\n\tb\r\n"), 400},
        {"first line folded", "GET / HTTP/1.1\r\n Host: localhost\r\n\r\n", 400},
        {"NUL", with_fields(std::string("Accept: a\0b\r\n", 13)), 400},
        {"escape", with_fields("Accept: \x1b[0m\r\n"), 400},
        {"DEL", with_fields("Accept: \x7f\r\n"), 400},
        {"over 0x7f", with_fields("Accept: \xe9\r\n"), 400},
        {"bare LF ends a line", "GET / HTTP/1.1\r\nHost: localhost\nA: b\r\n\r\n", 400},
        {"bare LF everywhere", "GET / HTTP/1.1\nHost: localhost\n\n", 400},
        {"bare CR", with_fields("Accept: a\rb\r\n"), 400},
        {"CR CR LF", with_fields("Accept: a\r\r\n"), 400},
    });
}

TEST_CASE("lengths: one decimal Content-Length or none, never a Transfer-Encoding") {
    check_all({
        {"none", with_fields(""), 0},
        {"zero", with_fields("Content-Length: 0\r\n"), 0},
        {"18 digits", with_fields("Content-Length: 999999999999999999\r\n"), 0},
        {"19 digits", with_fields("Content-Length: 1000000000000000000\r\n"), 400},
        {"twice the same", with_fields("Content-Length: 5\r\nContent-Length: 5\r\n"), 400},
        {"twice", with_fields("Content-Length: 5\r\nContent-Length: 6\r\n"), 400},
        {"a list", with_fields("Content-Length: 5, 5\r\n"), 400},
        {"a sign", with_fields("Content-Length: +5\r\n"), 400},
        {"negative", with_fields("Content-Length: -5\r\n"), 400},
        {"hexadecimal", with_fields("Content-Length: 0x5\r\n"), 400},
        {"a space inside", with_fields("Content-Length: 5 5\r\n"), 400},
        {"a fraction", with_fields("Content-Length: 5.0\r\n"), 400},
        {"empty", with_fields("Content-Length:\r\n"), 400},
        {"over 2^64", with_fields("Content-Length: 18446744073709551621\r\n"), 400},
        {"chunked", with_fields("Transfer-Encoding: chunked\r\n"), 411},
        {"chunked in capitals", with_fields("TRANSFER-ENCODING: Chunked\r\n"), 411},
        {"CL then TE", with_fields("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n"), 400},
        {"TE then CL", with_fields("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n"), 400},
        {"TE twice", with_fields("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"), 400},
        {"TE gzip", with_fields("Transfer-Encoding: gzip\r\n"), 501},
        {"TE gzip, chunked", with_fields("Transfer-Encoding: gzip, chunked\r\n"), 501},
        {"TE xchunked", with_fields("Transfer-Encoding: xchunked\r\n"), 501},
        {"TE quoted", with_fields("Transfer-Encoding: \"chunked\"\r\n"), 501},
        {"TE empty", with_fields("Transfer-Encoding:\r\n"), 501},
        {"TE identity", with_fields("Transfer-Encoding: identity\r\n"), 501},
        {"TE with a vertical tab",
         with_fields("Transfer-Encoding: \x0b"
                     "chunked\r\n"),
         400},
        {"TE with a space before the colon", with_fields("Transfer-Encoding : chunked\r\n"), 400},
        {"TE folded", with_fields("Transfer-Encoding:\r\n chunked\r\n"), 400},
        {"TE in HTTP/1.0", "POST / HTTP/1.0\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n", 400},
        {"Content-Encoding", with_fields("Content-Length: 5\r\nContent-Encoding: gzip\r\n"), 415},
        {"Content-Encoding identity", with_fields("Content-Encoding: identity\r\n"), 415},
    });
}

TEST_CASE("Expect: 100-continue and nothing else") {
    check_all({
        {"100-continue", with_fields("Content-Length: 5\r\nExpect: 100-continue\r\n"), 0},
        {"in capitals", with_fields("Content-Length: 5\r\nExpect: 100-Continue\r\n"), 0},
        {"another", with_fields("Expect: 200-ok\r\n"), 417},
        {"twice", with_fields("Expect: 100-continue\r\nExpect: 100-continue\r\n"), 417},
        {"a list", with_fields("Expect: 100-continue, x\r\n"), 417},
        {"ignored from HTTP/1.0", "POST / HTTP/1.0\r\nHost: localhost\r\nExpect: x\r\n\r\n", 0},
    });
}

TEST_CASE("a head at each size limit passes and one past it does not") {
    namespace limits = gateway::limits;
    const auto target_of = [](std::size_t size) { return with_line("GET /" + std::string(size - 1, 'a') + " HTTP/1.1"); };
    CHECK(outcome(target_of(limits::target_bytes)) == 0);
    CHECK(outcome(target_of(limits::target_bytes + 1)) == 414);
    CHECK(outcome("GET /" + std::string(4 * limits::target_bytes, 'a')) == 414);  // before its line has an end

    const auto fields_of = [](std::size_t count) {
        std::string lines;
        for (std::size_t at = 1; at < count; ++at) {
            lines += "A: b\r\n";
        }
        return with_fields(lines);
    };
    CHECK(outcome(fields_of(limits::head_fields)) == 0);
    CHECK(outcome(fields_of(limits::head_fields + 1)) == 431);

    const auto block_of = [](std::size_t size) {
        const auto frame = with_fields("A: \r\n").size();
        return with_fields("A: " + std::string(size - frame, 'b') + "\r\n");
    };
    CHECK(block_of(limits::head_bytes).size() == limits::head_bytes);
    CHECK(outcome(block_of(limits::head_bytes)) == 0);
    CHECK(outcome(block_of(limits::head_bytes + 1)) == 431);
}

TEST_CASE("a head that comes byte by byte is found at the same place, and refused as early") {
    const std::string block = with_fields("Content-Length: 3\r\n");
    const std::string wire = block + "abc";
    HeadScan scan;
    for (std::size_t size = 1; size < block.size(); ++size) {
        CHECK(scan.scan(std::string_view(wire).substr(0, size)) == HeadScan::State::more);
    }
    CHECK(scan.scan(wire) == HeadScan::State::complete);
    CHECK(scan.size() == block.size());

    HeadScan early;
    CHECK(early.scan("GET / HTTP/1.1\r\nA: b") == HeadScan::State::more);
    CHECK(early.scan("GET / HTTP/1.1\r\nA: b\n") == HeadScan::State::refused);
}

TEST_CASE("what the guard has read goes into the request") {
    const std::string block = "PATCH /a/b?c=d HTTP/1.1\r\nHost: localhost\r\nContent-Length: 7\r\nExpect: 100-continue\r\n"
                              "X-Two: 1\r\nx-two: 2\r\nAuthorization: bearer abc\r\nCookie: a=1; __Host-session=tok=en; b=2\r\n\r\n";
    const auto verdict = vet(block, hosts, "");
    REQUIRE(!verdict.refusal);
    const auto request = parse_head(block, verdict.head);
    REQUIRE(request.has_value());
    CHECK(request->method == Method::patch);
    CHECK(request->path == "/a/b");
    CHECK(request->query == "c=d");
    CHECK(request->content_length == 7U);
    CHECK(request->expects_continue);
    CHECK(request->header("host") == "localhost");
    CHECK_FALSE(request->header("x-two").has_value());
    CHECK(request->count("x-two") == 2);
    CHECK(request->bearer() == "abc");
    CHECK(request->cookie("__Host-session") == "tok=en");
    CHECK_FALSE(request->cookie("c").has_value());
    CHECK_FALSE(verdict.head.close);
}

TEST_CASE("the parser is a second opinion: it refuses what a guard with a hole would let pass") {
    const auto opinion = [](const std::string& block, std::optional<std::uint64_t> length) {
        Vetted vetted;
        vetted.method = "POST";
        vetted.target = "/x";
        vetted.content_length = length;
        return parse_head(block, vetted).has_value();
    };
    CHECK(opinion(with_fields(""), std::nullopt));
    CHECK(opinion(with_fields("Content-Length: 5\r\n"), 5));
    CHECK_FALSE(opinion(with_fields("Content-Length: 5\r\n"), 6));
    CHECK_FALSE(opinion(with_fields("Content-Length: 5\r\n"), std::nullopt));
    CHECK_FALSE(opinion(with_fields("Content-Length: x\r\n"), std::nullopt));
    CHECK_FALSE(opinion(with_fields("Transfer-Encoding: chunked\r\n"), std::nullopt));
    CHECK_FALSE(opinion(with_fields("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n"), 5));
    CHECK_FALSE(opinion(with_fields("no field\r\n"), std::nullopt));
    CHECK_FALSE(opinion(with_fields("") + "GET / HTTP/1.1\r\n\r\n", std::nullopt));
    CHECK_FALSE(opinion("POST /y HTTP/1.1\r\nHost: localhost\r\n\r\n", std::nullopt));
    CHECK_FALSE(opinion("", std::nullopt));
}

TEST_CASE("a connection ends with HTTP/1.0 or when the client says close") {
    const auto closes = [](const std::string& block) { return vet(block, hosts, "").head.close; };
    CHECK(closes(with_line("GET / HTTP/1.0")));
    CHECK(closes(with_fields("Connection: close\r\n")));
    CHECK(closes(with_fields("Connection: keep-alive, Close\r\n")));
    CHECK_FALSE(closes(with_fields("Connection: keep-alive\r\n")));
    CHECK_FALSE(closes(with_fields("Connection: closed\r\n")));
}

TEST_CASE("query values are decoded once, and a value that is there twice is none") {
    Request request;
    request.query = "from=12&name=a%2Bb%20c&twice=1&twice=2&empty=&%66=x";
    CHECK(request.query_value("from") == "12");
    CHECK(request.query_value("name") == "a+b c");
    CHECK(request.query_value("empty") == "");
    CHECK_FALSE(request.query_value("twice").has_value());
    CHECK_FALSE(request.query_value("f").has_value());
}

TEST_CASE("a bearer token is one word") {
    const auto bearer_of = [](const std::string& value) {
        Request request;
        request.headers.push_back({"authorization", value});
        return request.bearer().has_value();
    };
    CHECK(bearer_of("Bearer abc"));
    CHECK(bearer_of("BEARER abc"));
    CHECK_FALSE(bearer_of("Bearer "));
    CHECK_FALSE(bearer_of("Bearer a b"));
    CHECK_FALSE(bearer_of("Basic abc"));
    CHECK_FALSE(bearer_of("Bearerabc"));
}
