// Nobody waits for ever: every wait of a connection, with a client that lets it run out, and one that is slow but honest.
#include "tests/catch.hpp"
#include "tests/gateway/http/running_server.hpp"
#include "tests/gateway/http/wire.hpp"

using namespace tests;

namespace {

using Watch = std::chrono::steady_clock;

// Every wait is long but those a test sets: what ends the connection then is the wait it is about.
ListenLimits patient() {
    ListenLimits limits;
    limits.handshake = limits.head = limits.idle = limits.body_silence = limits.body_grace = limits.write_silence = 60s;
    limits.shutdown = 100ms;
    return limits;
}

}  // namespace

TEST_CASE("a peer that never speaks TLS is let go") {
    auto limits = patient();
    limits.handshake = 200ms;
    RunningServer server(limits);
    const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(server.port());
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    REQUIRE(::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
    const auto start = Watch::now();
    char byte = 0;
    CHECK(::recv(socket, &byte, 1, 0) == 0);
    CHECK(Watch::now() - start >= 150ms);
    ::close(socket);
}

TEST_CASE("a head that drips is cut at its deadline, however steadily it drips") {
    auto limits = patient();
    limits.head = 300ms;
    RunningServer server(limits);
    Wire wire(server.port());
    const auto start = Watch::now();
    const std::string block = "GET /hello HTTP/1.1\r\nHost: localhost\r\nA: " + std::string(200, 'a');
    for (std::size_t at = 0; at < block.size() && Watch::now() - start < 400ms; ++at) {
        wire.send(block.substr(at, 1));
        std::this_thread::sleep_for(10ms);
    }
    const auto answer = wire.answer();
    CHECK(answer.status == 408);
    CHECK(answer.has("Connection: close"));
    CHECK(wire.rest().empty());
}

TEST_CASE("a client that connects and asks nothing is let go") {
    auto limits = patient();
    limits.head = 200ms;
    RunningServer server(limits);
    Wire wire(server.port());
    CHECK(wire.rest().empty());
    CHECK(wire.ended_well());
}

TEST_CASE("a connection that asks nothing more is let go") {
    auto limits = patient();
    limits.idle = 200ms;
    RunningServer server(limits);
    Wire wire(server.port());
    wire.send("GET /hello HTTP/1.1\r\nHost: localhost\r\n\r\n");
    CHECK(wire.answer().status == 200);
    CHECK(wire.rest().empty());
    CHECK(wire.ended_well());
}

TEST_CASE("a body that falls silent is cut") {
    auto limits = patient();
    limits.body_silence = 200ms;
    RunningServer server(limits);
    Wire wire(server.port());
    wire.send("PUT /count HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nabc");
    const auto answer = wire.answer();
    CHECK(answer.status == 408);
    CHECK(answer.has("Connection: close"));
    CHECK(server.seen.body_errors == 1);
    CHECK(server.seen.body_bytes == 3U);
}

TEST_CASE("a body that drips is cut although it is never silent") {
    auto limits = patient();
    limits.body_grace = 400ms;
    RunningServer server(limits);
    Wire wire(server.port());
    wire.send("PUT /count HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\n");
    const auto start = Watch::now();
    while (server.seen.body_errors == 0 && Watch::now() - start < 5s) {
        wire.send("x");
        std::this_thread::sleep_for(20ms);
    }
    CHECK(server.seen.body_errors == 1);
    CHECK(Watch::now() - start >= 350ms);
    CHECK(Watch::now() - start < 3s);
}

TEST_CASE("a slow but honest body arrives whole") {
    auto limits = patient();
    limits.body_grace = 400ms;
    limits.body_silence = 400ms;
    RunningServer server(limits);
    Wire wire(server.port());
    constexpr int pieces = 30;
    const std::string piece(205, 'x');  // every 50 ms: 4 KiB/s, for four times the grace
    wire.send("PUT /count HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + std::to_string(pieces * piece.size()) + "\r\n\r\n");
    for (int count = 0; count < pieces; ++count) {
        wire.send(piece);
        std::this_thread::sleep_for(50ms);
    }
    CHECK(wire.answer().body == std::to_string(pieces * piece.size()));
    CHECK(server.seen.body_errors == 0);
}

TEST_CASE("a reader that takes nothing is let go, and costs no more than the buffers between us") {
    auto limits = patient();
    limits.write_silence = 300ms;
    RunningServer server(limits);
    WireOptions options;
    options.receive_buffer = 8192;
    Wire wire(server.port(), options);
    wire.send("GET /large HTTP/1.1\r\nHost: localhost\r\n\r\n");
    std::this_thread::sleep_for(1s);
    CHECK(server.seen.source_offset < large_bytes / 4);
    CHECK(wire.rest().size() < large_bytes);
    CHECK_FALSE(wire.ended_well());
}
