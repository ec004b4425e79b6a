// For tests: the console over an office, its routes called as the server would, on one I/O thread with a pool.
#pragma once

#include "crypto/encoding.hpp"
#include "crypto/password.hpp"
#include "gateway/core/console/routes.hpp"
#include "storage/core/sessions.hpp"
#include "tests/gateway/core/office.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

namespace office {

namespace http = gateway::http;
namespace console = gateway::core::console;

class FakeExchange final : public http::Exchange {
public:
    FakeExchange(http::Request request, std::string id, std::string body)
        : request_(std::move(request)), id_(std::move(id)), body_(std::move(body)) {}

    const http::Request& request() const override { return request_; }
    const std::string& parameter(std::string_view name) const override { return name == "id" ? id_ : nothing_; }
    boost::asio::awaitable<std::size_t> read_some(std::span<std::uint8_t>) override { co_return 0; }
    boost::asio::awaitable<bool> wait_for_body(std::chrono::milliseconds) override { co_return true; }
    std::size_t read_now(std::span<std::uint8_t>) override { return 0; }
    boost::asio::awaitable<void> send_interim(http::Response) override { co_return; }
    boost::asio::awaitable<std::string> read_all(std::size_t) override { co_return body_; }
    http::BodyError body_error() const override { return http::BodyError::none; }
    std::uint64_t body_left() const override { return 0; }
    void cancel_body() override {}

private:
    http::Request request_;
    std::string id_, body_, nothing_;
};

struct Ask {
    http::Method method = http::Method::get;
    std::string pattern;
    std::string id;
    std::string body;
    std::vector<http::Header> headers;
};

class Console {
public:
    explicit Console(Office& around)
        : office(around), store(open_store(around)),
          tools{
              *around.database,
              *around.audit,
              *around.desk,
              *around.shelf,
              store,
              *around.keyring,
              pool,
              sign_ins,
              around.clock,
              around.random,
              crypto::hash_password(crypto::as_bytes("decoy")),
              [] {}
          },
          routes(console::console_routes(tools)) {}
    ~Console() {
        sign_ins.pool.join();
        pool.join();
    }
    Console(const Console&) = delete;
    Console& operator=(const Console&) = delete;

    http::Response call(const Ask& ask, const std::string& token = {}) {
        http::Request request;
        request.method = ask.method;
        request.path = ask.pattern;
        request.headers = ask.headers;
        request.content_length = ask.body.size();
        if (ask.method != http::Method::get && ask.headers.empty()) {
            request.headers.push_back({"content-type", "application/json"});
        }
        if (!token.empty()) {
            request.headers.push_back({"cookie", "__Host-session=" + token});
        }
        for (const auto& route : routes) {
            if (route.method == ask.method && route.pattern == ask.pattern) {
                return run(route, FakeExchange(std::move(request), ask.id, ask.body));
            }
        }
        FAIL("no such route: " << ask.pattern);
        return {};
    }

    http::Response run(const http::Route& route, FakeExchange exchange) {
        http::Response answer;
        std::exception_ptr failure;
        auto take = [&](std::exception_ptr thrown, http::Response response) {
            failure = thrown;
            answer = std::move(response);
        };
        boost::asio::co_spawn(context, route.handler(exchange), take);
        context.restart();
        context.run();
        if (failure) {
            std::rethrow_exception(failure);
        }
        return answer;
    }

    std::string session_of(const ledger::StaffMember& staff) {
        const auto token = office.random.bytes<32>();
        office.write([&](storage::Connection& connection) {
            ledger::Sessions::open(connection, crypto::sha256(token), staff.id, office.clock.now());
        });
        return crypto::to_base64url(token);
    }

    static ledger::CaseStore open_store(Office& around) {
        auto opened = ledger::CaseStore::open(around.folder.path() / "cases");
        REQUIRE(opened.has_value());
        return std::move(*opened);
    }

    Office& office;
    boost::asio::io_context context;  // outlives the pool, whose threads bring coroutines home to it
    gateway::Pool pool{2};
    console::SignIns sign_ins;
    ledger::CaseStore store;
    console::Tools tools;
    std::vector<http::Route> routes;
};

}  // namespace office
