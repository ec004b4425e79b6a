// The HTTPS client against a server we did not write.
#include "gateway/client/https.hpp"

#include "crypto/digest.hpp"

#include "tests/catch.hpp"
#include "tests/gateway/client/peer.hpp"

#include <nlohmann/json.hpp>

#include <cstring>

using namespace gateway::client;
using tests::Peer;

namespace {

ClientOptions options_for(const Peer& peer) {
    ClientOptions options;
    options.base = "https://edge.example";
    options.ca = peer.file("server.pem");
    options.connect_to = peer.at();
    return options;
}

Call get(const std::string& path) {
    Call call;
    call.path = path;
    return call;
}

boost::system::error_code error_of(HttpsClient& client, const Call& call) {
    const auto answer = client.call(call);
    return answer ? boost::system::error_code() : answer.error();
}

}  // namespace

TEST_CASE("calls of every method carry their body, length and headers") {
    const Peer peer("https");
    HttpsClient client(options_for(peer));
    for (const auto* method : {"GET", "POST", "PUT", "PATCH", "DELETE"}) {
        INFO(method);
        const bool sends = method[0] == 'P';
        Call call = get("/echo");
        call.method = method;
        call.headers = {{"X-One", "1"}, {"X-Empty", ""}};
        call.body = sends ? "body" : "";
        const auto answer = client.call(call);
        REQUIRE(answer);
        CHECK(answer->status == 200);
        CHECK(answer->headers.at("x-odd") == "spaced");
        const auto seen = nlohmann::json::parse(answer->body);
        CHECK(seen.at("method") == method);
        CHECK(seen.at("host") == "edge.example");
        CHECK(seen.at("sha256") == crypto::sha256(crypto::as_bytes(call.body)).hex());
        CHECK(seen.at("fields").at("x-one") == "1");
        CHECK(seen.at("fields").at("x-empty") == "");
        CHECK(seen.at("fields").count("transfer-encoding") == 0);
        CHECK(seen.at("fields").count("expect") == 0);
        if (sends) {
            CHECK(seen.at("length") == "4");
        }
    }
}

TEST_CASE("HEAD and errors are answers, a redirect is not followed") {
    const Peer peer("https");
    HttpsClient client(options_for(peer));
    Call head = get("/bytes/100");
    head.method = "HEAD";
    const auto nothing = client.call(head);
    REQUIRE(nothing);
    CHECK(nothing->headers.at("content-length") == "100");
    CHECK(nothing->body.empty());
    const auto missing = client.call(get("/error"));
    REQUIRE(missing);
    CHECK(missing->status == 404);
    CHECK(missing->body == "not here");
    const auto redirect = client.call(get("/redirect"));
    REQUIRE(redirect);
    CHECK(redirect->status == 302);
}

TEST_CASE("a body from a source goes out in pieces with its length") {
    const Peer peer("https");
    HttpsClient client(options_for(peer));
    const std::string body(3'000'000, 'b');
    std::size_t at = 0;
    Call call = get("/echo");
    call.method = "PATCH";
    call.body_size = body.size();
    call.body_source = [&](std::span<std::uint8_t> room) {
        const auto size = std::min(room.size(), body.size() - at);
        std::memcpy(room.data(), body.data() + at, size);
        at += size;
        return size;
    };
    const auto answer = client.call(call);
    REQUIRE(answer);
    CHECK(nlohmann::json::parse(answer->body).at("sha256") == crypto::sha256(crypto::as_bytes(body)).hex());
    CHECK(nlohmann::json::parse(answer->body).at("length") == "3000000");
}

TEST_CASE("a sink takes a good answer, not an error, and may end the call") {
    const Peer peer("https");
    HttpsClient client(options_for(peer));
    std::size_t taken = 0;
    Call call = get("/bytes/1000000");
    call.answer_bytes_max = 10;  // of what is kept in memory, which a sink's bytes are not
    call.sink = [&](crypto::ByteView bytes) {
        taken += bytes.size();
        return true;
    };
    const auto answer = client.call(call);
    REQUIRE(answer);
    CHECK(answer->body.empty());
    CHECK(taken == 1'000'000);
    call.path = "/error";
    const auto missing = client.call(call);
    REQUIRE(missing);
    CHECK(missing->body == "not here");
    CHECK(taken == 1'000'000);
    call.path = "/bytes/1000000";
    call.sink = [](crypto::ByteView) { return false; };
    CHECK(error_of(client, call) == Errc::aborted);
    call.sink = [](crypto::ByteView) -> bool { throw std::runtime_error("disk"); };
    CHECK(error_of(client, call) == Errc::aborted);
}

TEST_CASE("an answer of the limit is kept, one byte more is an error") {
    const Peer peer("https");
    HttpsClient client(options_for(peer));
    Call call = get("/bytes/1000");
    call.answer_bytes_max = 1000;
    CHECK(!error_of(client, call));
    call.path = "/bytes/1001";
    CHECK(error_of(client, call) == Errc::too_large);
}

TEST_CASE("only the peer of our authority is talked to") {
    const Peer peer("https");
    auto other = options_for(peer);
    other.ca = peer.file("stranger.pem");
    HttpsClient wrong_authority(other);
    CHECK(error_of(wrong_authority, get("/echo")) == Errc::tls);
    auto named = options_for(peer);
    named.base = "https://other.example";
    HttpsClient wrong_name(named);
    CHECK(error_of(wrong_name, get("/echo")) == Errc::tls);
}

TEST_CASE("a client certificate is shown where it is asked for") {
    const Peer peer("https-mutual");
    auto options = options_for(peer);
    options.certificate = peer.file("client.pem");
    options.key = peer.file("client.key");
    HttpsClient known(options);
    const auto answer = known.call(get("/echo"));
    REQUIRE(answer);
    CHECK(nlohmann::json::parse(answer->body).at("client").at("commonName") == "client");
    HttpsClient unknown(options_for(peer));
    CHECK(unknown.call(get("/echo")).has_error());
}

TEST_CASE("a peer that hangs, stops halfway or is not there is an error in time") {
    const Peer peer("https");
    auto options = options_for(peer);
    options.timeout_seconds = 1;
    HttpsClient client(options);
    CHECK(error_of(client, get("/hang")) == Errc::timeout);
    CHECK(error_of(client, get("/short")) == Errc::unreachable);
    CHECK(!error_of(client, get("/echo")));
    options.connect_to = "127.0.0.1:1";
    HttpsClient nobody(options);
    CHECK(error_of(nobody, get("/echo")) == Errc::unreachable);
}

TEST_CASE("cookies stay with their object") {
    const Peer peer("https");
    HttpsClient client(options_for(peer));
    CHECK(client.call(get("/cookie"))->body.empty());
    CHECK(client.call(get("/cookie"))->body == "a=1");
    HttpsClient other(options_for(peer));
    CHECK(other.call(get("/cookie"))->body.empty());
}

TEST_CASE("a line break in a path or header never leaves the house") {
    const Peer peer("https");
    HttpsClient client(options_for(peer));
    CHECK(error_of(client, get("/echo\r\nX: y")) == Errc::aborted);
    Call call = get("/echo");
    call.headers = {{"X", "y\r\nZ: w"}};
    CHECK(error_of(client, call) == Errc::aborted);
}

TEST_CASE("a base that is no https URL is a fault of the configuration") {
    for (const auto* base : {"http://edge.example", "https://edge.example/", "edge.example", ""}) {
        ClientOptions options;
        options.base = base;
        CHECK_THROWS(HttpsClient(options));
    }
}
