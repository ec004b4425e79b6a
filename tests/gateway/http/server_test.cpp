// What a running server answers, over real TLS.
#include "tests/catch.hpp"
#include "tests/gateway/http/running_server.hpp"
#include "tests/gateway/http/wire.hpp"

using namespace tests;

namespace {

const std::string get_hello = "GET /hello HTTP/1.1\r\nHost: localhost\r\n\r\n";

std::string request(const std::string& line, const std::string& fields = {}, const std::string& body = {}) {
    return line + " HTTP/1.1\r\nHost: localhost\r\n" + fields + "\r\n" + body;
}

std::string with_body(const std::string& line, const std::string& body, const std::string& fields = {}) {
    return request(line, fields + "Content-Length: " + std::to_string(body.size()) + "\r\n", body);
}

std::size_t answers_in(const std::string& bytes) {
    std::size_t count = 0;
    for (auto at = bytes.find("HTTP/1.1 "); at != std::string::npos; at = bytes.find("HTTP/1.1 ", at + 1)) {
        ++count;
    }
    return count;
}

}  // namespace

TEST_CASE("a connection answers one request after another") {
    RunningServer server;
    Wire wire(server.port());
    for (int round = 0; round < 3; ++round) {
        wire.send(get_hello);
        const auto answer = wire.answer();
        CHECK(answer.status == 200);
        CHECK(answer.body == "hello");
        CHECK(answer.has("Content-Length: 5"));
        CHECK(answer.has("X-Content-Type-Options: nosniff"));
        CHECK_FALSE(answer.has("Connection: close"));
    }
}

TEST_CASE("requests sent together are answered in order") {
    RunningServer server;
    Wire wire(server.port());
    wire.send(get_hello + with_body("POST /echo", "one") + request("HEAD /hello") + with_body("POST /echo", "two") + get_hello);
    CHECK(wire.answer().body == "hello");
    CHECK(wire.answer().body == "one");
    CHECK(wire.answer(false).has("Content-Length: 5"));
    CHECK(wire.answer().body == "two");
    CHECK(wire.answer().body == "hello");
}

TEST_CASE("a request that comes byte by byte is answered like any other") {
    RunningServer server;
    Wire wire(server.port());
    for (const char byte : with_body("POST /echo", "slowly")) {
        wire.send(std::string_view(&byte, 1));
    }
    CHECK(wire.answer().body == "slowly");
}

TEST_CASE("what the client says about the end of the connection is kept") {
    RunningServer server;
    for (const auto& block :
         {request("GET /hello", "Connection: close\r\n"), std::string("GET /hello HTTP/1.0\r\nHost: localhost\r\n\r\n")}) {
        Wire wire(server.port());
        wire.send(block);
        const auto answer = wire.answer();
        CHECK(answer.body == "hello");
        CHECK(answer.has("Connection: close"));
        CHECK(wire.rest().empty());
        CHECK(wire.ended_well());
    }
}

TEST_CASE("unknown paths, methods and OPTIONS") {
    RunningServer server;
    Wire wire(server.port());
    wire.send(request("GET /nothing", "Accept-Language: en\r\n"));
    const auto missing = wire.answer();
    CHECK(missing.status == 404);
    CHECK_THAT(missing.body, ContainsSubstring("This cannot be found here."));
    wire.send(request("DELETE /hello"));
    const auto wrong = wire.answer();
    CHECK(wrong.status == 405);
    CHECK(wrong.has("Allow: GET, HEAD, OPTIONS"));
    wire.send(request("OPTIONS /echo"));
    const auto options = wire.answer();
    CHECK(options.status == 204);
    CHECK(options.has("Allow: POST, OPTIONS"));
    wire.send(request("TRACE /hello"));
    const auto trace = wire.answer();
    CHECK(trace.status == 405);
    CHECK(trace.has("Allow: GET, HEAD, OPTIONS"));
    CHECK(trace.has("Connection: close"));
}

TEST_CASE("a name in a pattern and the peer's address reach the handler") {
    RunningServer server;
    Wire wire(server.port());
    wire.send(request("GET /who/els"));
    CHECK(wire.answer().body == " 127.0.0.1 els");
}

TEST_CASE("a change asked for by another site's page is refused") {
    RunningServer server;
    for (const auto* site : {"cross-site", "same-site", "SAME-ORIGIN", "", "none\r\nSec-Fetch-Site: none"}) {
        Wire wire(server.port());
        wire.send(with_body("POST /echo", "x", "Sec-Fetch-Site: " + std::string(site) + "\r\n"));
        CHECK(wire.answer().status == 403);
    }
    Wire wire(server.port());
    for (const auto* site : {"same-origin", "none"}) {
        wire.send(with_body("POST /echo", "x", "Sec-Fetch-Site: " + std::string(site) + "\r\n"));
        CHECK(wire.answer().status == 200);
    }
    wire.send(request("GET /hello", "Sec-Fetch-Site: cross-site\r\n"));
    CHECK(wire.answer().status == 200);
}

TEST_CASE("a body of the route's limit passes, one byte more is refused before it is read") {
    RunningServer server;
    Wire wire(server.port());
    const std::string full(echo_bytes_max, 'x');
    wire.send(with_body("POST /echo", full));
    CHECK(wire.answer().body == full);
    wire.send(request("POST /echo", "Content-Length: " + std::to_string(echo_bytes_max + 1) + "\r\n"));
    const auto answer = wire.answer();
    CHECK(answer.status == 413);
    CHECK(answer.has("Connection: close"));
    CHECK(wire.rest().empty());
    CHECK(wire.ended_well());
}

TEST_CASE("an answer before the body closes the connection, and the body is no second request") {
    RunningServer server;
    Wire wire(server.port());
    wire.send(request("POST /refuse", "Content-Length: 1000000\r\n", get_hello + get_hello));
    const auto answer = wire.answer();
    CHECK(answer.status == 403);
    CHECK(answer.has("Connection: close"));
    CHECK(wire.rest().empty());
    CHECK(wire.ended_well());
}

TEST_CASE("a client that goes on sending after an early answer is heard out to a limit, then cut") {
    auto limits = RunningServer::short_limits();
    limits.shutdown = 60s;
    RunningServer server(limits);
    const auto sent_after = [&](std::size_t bytes) {
        Wire wire(server.port());
        wire.send(request("POST /refuse", "Content-Length: 1000000\r\n"));
        CHECK(wire.answer().status == 403);
        CHECK(wire.rest().empty());
        CHECK(wire.ended_well());
        const std::string piece(1000, 'x');
        for (std::size_t sent = 0; sent < bytes; sent += piece.size()) {
            if (!wire.send(piece)) {
                return sent;
            }
            std::this_thread::sleep_for(1ms);  // a reset needs a moment to arrive
        }
        return bytes;
    };
    CHECK(sent_after(60'000) == 60'000);
    CHECK(sent_after(500'000) < 500'000);
}

TEST_CASE("100 Continue comes when the body is wanted, and not when it is refused") {
    RunningServer server;
    {
        Wire wire(server.port());
        wire.send(request("POST /echo", "Content-Length: 4\r\nExpect: 100-continue\r\n"));
        CHECK(wire.answer().head == "HTTP/1.1 100 Continue\r\n\r\n");
        wire.send("body");
        CHECK(wire.answer().body == "body");
        wire.send(get_hello);
        CHECK(wire.answer().status == 200);
    }
    {
        Wire wire(server.port());
        wire.send(with_body("POST /echo", "sent anyway", "Expect: 100-continue\r\n"));
        CHECK(wire.answer().status == 200);
    }
    for (const auto* refused : {"POST /refuse", "POST /nothing", "POST /hello"}) {
        Wire wire(server.port());
        wire.send(request(refused, "Content-Length: 4\r\nExpect: 100-continue\r\n"));
        CHECK(wire.answer().status >= 400);
        CHECK(wire.rest().empty());
    }
    Wire wire(server.port());
    wire.send(request("POST /echo", "Content-Length: 100001\r\nExpect: 100-continue\r\n"));
    CHECK(wire.answer().status == 413);
}

TEST_CASE("shapes that smuggle get one refusal, and nothing behind them is read as a request") {
    RunningServer server;
    const std::string inner = "0\r\n\r\n" + get_hello;
    const std::string length = "Content-Length: " + std::to_string(inner.size()) + "\r\n";
    for (const auto& [fields, status] : std::vector<std::pair<std::string, int>>{
             {length + "Transfer-Encoding: chunked\r\n", 400},
             {"Transfer-Encoding: chunked\r\n" + length, 400},
             {"Transfer-Encoding: chunked\r\n", 411},
             {"Transfer-Encoding: xchunked\r\n", 501},
             {"Transfer-Encoding: chunked, identity\r\n", 501},
             {"Transfer-Encoding : chunked\r\n" + length, 400},
             {"X: y\r\n Transfer-Encoding: chunked\r\n", 400},
             {"Content-Length: 0\r\n" + length, 400},
             {"Content-Length: 0, 5\r\n", 400},
             {"X: y\nTransfer-Encoding: chunked\r\n", 400},
             {"Host: localhost\r\n", 400},
         }) {
        INFO(fields);
        Wire wire(server.port());
        wire.send(request("POST /echo", fields, inner));
        CHECK(wire.answer().status == status);
        CHECK(answers_in(wire.rest()) == 0);
        CHECK(wire.ended_well());
    }
}

TEST_CASE("a head at its limit is served, one past it is refused") {
    RunningServer server;
    const auto padded = [](std::size_t size) {
        const auto frame = request("GET /hello", "A: \r\n").size();
        return request("GET /hello", "A: " + std::string(size - frame, 'b') + "\r\n");
    };
    Wire wire(server.port());
    wire.send(padded(gateway::limits::head_bytes));
    CHECK(wire.answer().status == 200);
    wire.send(padded(gateway::limits::head_bytes + 1));
    CHECK(wire.answer().status == 431);
    CHECK(wire.rest().empty());
}

TEST_CASE("a handler that throws is a 500 without a word of what it threw") {
    RunningServer server;
    for (const auto* path : {"GET /fail", "GET /dirty"}) {
        Wire wire(server.port());
        wire.send(request(path));
        const auto answer = wire.answer();
        CHECK(answer.status == 500);
        CHECK(answer.body.find("canary") == std::string::npos);
        CHECK(answer.head.find("\r\nX-C:") == std::string::npos);
        CHECK(answer.has("Connection: close"));
    }
    Wire wire(server.port());
    wire.send(get_hello);
    CHECK(wire.answer().status == 200);
}

TEST_CASE("a large answer comes from its source, whole and in order") {
    auto limits = RunningServer::short_limits();
    limits.idle = 60s;  // comparing takes its time in a debug build
    RunningServer server(limits);
    Wire wire(server.port());
    wire.send(request("HEAD /large"));
    CHECK(wire.answer(false).has("Content-Length: " + std::to_string(large_bytes)));
    wire.send(request("GET /large"));
    const auto answer = wire.answer();
    REQUIRE(answer.body.size() == large_bytes);
    bool same = true;
    for (std::uint64_t at = 0; at < large_bytes; ++at) {
        same = same && answer.body[at] == large_byte(at);
    }
    CHECK(same);
    wire.send(get_hello);
    CHECK(wire.answer().body == "hello");
}

TEST_CASE("a source that fails cuts the answer short, visibly") {
    RunningServer server;
    Wire wire(server.port());
    wire.send(request("GET /breaks"));
    const auto answer = wire.answer();
    CHECK(answer.status == 200);
    CHECK(answer.body.size() <= large_bytes / 2);
    CHECK_FALSE(wire.ended_well());
}

TEST_CASE("another request can end a body that is being read, and both are answered") {
    RunningServer server;
    Wire first(server.port());
    first.send(request("PUT /hold", "Content-Length: 1000\r\n", "some"));
    Wire second(server.port());
    second.send(request("POST /take-over"));
    CHECK(second.answer().status == 204);
    const auto answer = first.answer();
    CHECK(answer.status == 409);
    CHECK(answer.has("Connection: close"));
}
