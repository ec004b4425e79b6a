// Who gets a connection at all, and what its end means.
#include "tests/catch.hpp"
#include "tests/gateway/http/running_server.hpp"
#include "tests/gateway/http/wire.hpp"

#include <openssl/x509.h>

using namespace tests;

namespace {

const std::string get_hello = "GET /hello HTTP/1.1\r\nHost: localhost\r\n\r\n";

// With TLS 1.3 a client learns only from its first read that its certificate was refused.
int status_of(const RunningServer& server, const WireOptions& options, const std::string& request = get_hello) {
    Wire wire(server.port(), options);
    wire.send(request);
    return wire.answer().status;
}

std::string subject_of(const RunningServer& server) {
    const Wire wire(server.port());
    const std::unique_ptr<X509, decltype(&X509_free)> certificate(SSL_get1_peer_certificate(wire.ssl()), X509_free);
    std::array<char, 64> name{};
    X509_NAME_get_text_by_NID(X509_get_subject_name(certificate.get()), NID_commonName, name.data(), static_cast<int>(name.size()));
    return name.data();
}

template <class Condition>
bool soon(const Condition& holds) {
    for (int tries = 0; tries < 500 && !holds(); ++tries) {
        std::this_thread::sleep_for(10ms);
    }
    return holds();
}

bool can_connect(const RunningServer& server) {
    try {
        const Wire wire(server.port());
        return true;
    } catch (const std::runtime_error&) {
        return false;
    }
}

}  // namespace

TEST_CASE("TLS 1.3 with a strong suite and group is the only way in") {
    RunningServer server;
    {
        const Wire wire(server.port());
        CHECK(std::string(SSL_get_version(wire.ssl())) == "TLSv1.3");
        CHECK(std::string(SSL_get_cipher_name(wire.ssl())) == "TLS_AES_256_GCM_SHA384");
    }
    WireOptions old;
    old.version = TLS1_2_VERSION;
    CHECK_THROWS(Wire(server.port(), old));
}

TEST_CASE("a client that offers protocols must offer ours") {
    RunningServer server;
    WireOptions options;
    options.protocols = std::string("\x02h2\x08http/1.1", 12);
    CHECK(status_of(server, options) == 200);
    options.protocols = std::string("\x02h2", 3);
    CHECK_THROWS(Wire(server.port(), options));
    options.protocols = std::string(
        "\x03"
        "ftp",
        4
    );
    CHECK_THROWS(Wire(server.port(), options));
}

TEST_CASE("Host is the name the TLS connection was made for") {
    RunningServer server;
    const std::string get_second = "GET /hello HTTP/1.1\r\nHost: second.example\r\n\r\n";
    WireOptions second;
    second.server_name = "Second.Example";
    CHECK(status_of(server, second, get_second) == 200);
    CHECK(status_of(server, second, get_hello) == 421);
    CHECK(status_of(server, {}, get_second) == 421);
    WireOptions unnamed;
    unnamed.server_name.clear();
    CHECK(status_of(server, unnamed, get_second) == 200);
    CHECK(status_of(server, unnamed, "GET /hello HTTP/1.1\r\nHost: evil.example\r\n\r\n") == 421);
    WireOptions foreign;
    foreign.server_name = "evil.example";
    CHECK(status_of(server, foreign, "GET /hello HTTP/1.1\r\nHost: evil.example\r\n\r\n") == 421);
}

TEST_CASE("a peer that sends nothing but key updates takes no turn from others") {
    auto limits = RunningServer::short_limits();
    limits.head = 60s;
    RunningServer server(limits);
    Wire flood(server.port());
    const auto records = flood.key_updates(450'000);  // 12 MB: more than the kernel takes in by itself
    std::atomic<bool> all_sent = false;
    std::thread flooding([&] { all_sent = flood.send_raw(records); });
    std::this_thread::sleep_for(100ms);
    CHECK(status_of(server, {}) == 200);
    CHECK_FALSE(all_sent);
    server.stop();
    flooding.join();
}

TEST_CASE("where client certificates are asked for, none and a stranger's get no answer") {
    RunningServer server(RunningServer::short_limits(), true);
    WireOptions options;
    CHECK(status_of(server, options) == 0);
    options.certificate = server.certificates.certificate("stranger");
    options.key = server.certificates.key("stranger");
    CHECK(status_of(server, options) == 0);
    options.certificate = server.certificates.certificate("client");
    options.key = server.certificates.key("client");
    CHECK(status_of(server, options) == 200);

    Wire wire(server.port(), options);
    wire.send("GET /who/x HTTP/1.1\r\nHost: localhost\r\n\r\n");
    const auto body = wire.answer().body;
    CHECK(body.find(' ') == 64);
    CHECK(body.find_first_not_of("0123456789abcdef") == 64);
}

TEST_CASE("where client certificates are welcome, none and a stranger's get an answer too, and the request says which it was") {
    for (const bool with_authority : {true, false}) {
        RunningServer server(RunningServer::short_limits(), with_authority, true);
        const auto seen = [&](const std::string& name) {
            WireOptions options;
            if (!name.empty()) {
                options.certificate = server.certificates.certificate(name);
                options.key = server.certificates.key(name);
            }
            Wire wire(server.port(), options);
            wire.send("GET /who/x HTTP/1.1\r\nHost: localhost\r\n\r\n");
            return wire.answer().body;
        };
        CHECK(seen("") == " 127.0.0.1 x");
        CHECK(seen("stranger").ends_with(" 127.0.0.1 x"));
        CHECK(seen("stranger").find(' ') == 64);
        CHECK(seen("client").ends_with(with_authority ? " 127.0.0.1 x trusted" : " 127.0.0.1 x"));
        CHECK(seen("client").substr(0, 64) != seen("stranger").substr(0, 64));
    }
}

TEST_CASE("a body that ends with FIN, or with close_notify, before its length is cut and never complete") {
    for (const bool politely : {false, true}) {
        RunningServer server;
        Wire wire(server.port());
        wire.send("PUT /count HTTP/1.1\r\nHost: localhost\r\nContent-Length: 11\r\n\r\n0123456789");
        CHECK(soon([&] { return server.seen.body_bytes == 10U; }));
        if (politely) {
            wire.say_goodbye();
        }
        wire.half_close();
        CHECK(soon([&] { return server.seen.body_errors == 1; }));
    }
}

TEST_CASE("a new certificate is shown to new connections, a broken one to nobody") {
    RunningServer server;
    Wire before(server.port());
    CHECK(subject_of(server) == "server");
    std::filesystem::copy_file(
        server.certificates.certificate("client"),
        server.certificates.certificate("server"),
        std::filesystem::copy_options::overwrite_existing
    );
    server.run([](Server& one) { one.reload_certificate(); });
    CHECK(subject_of(server) == "server");  // it does not fit the key
    std::filesystem::copy_file(
        server.certificates.key("client"), server.certificates.key("server"), std::filesystem::copy_options::overwrite_existing
    );
    server.run([](Server& one) { one.reload_certificate(); });
    CHECK(subject_of(server) == "client");
    before.send(get_hello);
    CHECK(before.answer().status == 200);
}

TEST_CASE("connections over the limit of an address are closed, and count again when one ends") {
    auto limits = RunningServer::short_limits();
    limits.connections_per_address = 2;
    limits.idle = 60s;
    limits.head = 60s;
    RunningServer server(limits);
    auto first = std::make_unique<Wire>(server.port());
    const Wire second(server.port());
    CHECK_FALSE(can_connect(server));
    first.reset();
    CHECK(soon([&] { return can_connect(server); }));
}

TEST_CASE("connections over the limit of all are closed") {
    auto limits = RunningServer::short_limits();
    limits.connections = 1;
    RunningServer server(limits);
    {
        const Wire only(server.port());
        CHECK_FALSE(can_connect(server));
    }
    CHECK(soon([&] { return can_connect(server); }));
}

TEST_CASE("a server that is told to stop ends idle connections and lets a request finish") {
    auto limits = RunningServer::short_limits();
    limits.idle = 60s;
    limits.head = 60s;
    limits.body_silence = 60s;
    limits.body_grace = 60s;
    limits.stop_drain = 60s;
    RunningServer server(limits);
    Wire idle(server.port());
    idle.send(get_hello);
    CHECK(idle.answer().status == 200);
    Wire busy(server.port());
    busy.send("PUT /count HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n1");
    CHECK(soon([&] { return server.seen.body_bytes == 1U; }));
    server.run([](Server& one) { one.stop(); });
    CHECK(idle.rest().empty());
    CHECK(idle.ended_well());
    CHECK_FALSE(can_connect(server));
    busy.send("2");
    const auto answer = busy.answer();
    CHECK(answer.status == 200);
    CHECK(answer.has("Connection: close"));
}

TEST_CASE("a request that does not finish is ended when the time to stop is over") {
    auto limits = RunningServer::short_limits();
    limits.body_silence = 60s;
    limits.body_grace = 60s;
    limits.stop_drain = 100ms;
    RunningServer server(limits);
    Wire busy(server.port());
    busy.send("PUT /count HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n1");
    CHECK(soon([&] { return server.seen.body_bytes == 1U; }));
    server.run([](Server& one) { one.stop(); });
    CHECK(soon([&] { return server.seen.body_errors == 1; }));
    CHECK(busy.rest().empty());
}

TEST_CASE("a server that cannot start says why in one line") {
    RunningServer running;
    boost::asio::io_context context;
    gateway::Pool pool(1);
    const Routes routes({});
    ListenOptions options;
    options.address = "127.0.0.1";
    options.tls.certificate = running.certificates.certificate("server");
    options.tls.key = running.certificates.key("server");
    const auto reason = [&] {
        try {
            const Server server(context, pool, options, routes);
        } catch (const std::runtime_error& error) {
            return std::string(error.what());
        }
        return std::string();
    };
    CHECK(reason().empty());
    options.port = running.port();
    CHECK_THAT(reason(), ContainsSubstring("cannot listen on 127.0.0.1:"));
    options.port = 0;
    options.tls.key = running.certificates.key("client");
    CHECK_THAT(reason(), ContainsSubstring("key "));
    options.tls.certificate = "/nowhere.pem";
    CHECK_THAT(reason(), ContainsSubstring("certificate /nowhere.pem"));
    options.address = "localhost";
    CHECK_FALSE(reason().empty());
}

TEST_CASE("a context that ends with connections open leaves nothing behind") {
    const Certificates certificates;
    Seen seen;
    const Routes routes(test_routes(seen));
    gateway::Pool pool(1);
    std::optional<Wire> idle;
    std::optional<Wire> busy;
    {
        boost::asio::io_context context(1);
        ListenOptions options;
        options.address = "127.0.0.1";
        options.hosts = {"localhost"};
        options.tls.certificate = certificates.certificate("server");
        options.tls.key = certificates.key("server");
        Server server(context, pool, options, routes);
        server.start();
        std::thread thread([&] { context.run(); });
        idle.emplace(server.port());
        busy.emplace(server.port());
        busy->send("PUT /count HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n1");
        CHECK(soon([&] { return seen.body_bytes == 1U; }));
        context.stop();
        thread.join();
    }
    CHECK(idle->rest().empty());
    CHECK(busy->rest().empty());
}
