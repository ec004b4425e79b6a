// The handlers of the test server: one for each thing a handler may do to a connection.
#include "tests/gateway/http/running_server.hpp"

namespace tests {

using boost::asio::awaitable;

namespace {

awaitable<Response> hello(Exchange&) {
    co_return text(200, "hello");
}

awaitable<Response> echo(Exchange& exchange) {
    auto body = co_await exchange.read_all(echo_bytes_max);
    co_return text(200, std::move(body));
}

awaitable<Response> count(Exchange& exchange, Seen& seen) {
    std::array<std::uint8_t, 4096> piece;
    std::uint64_t bytes = 0;
    for (;;) {
        const auto size = co_await exchange.read_some(piece);
        if (size == 0) {
            break;
        }
        bytes += size;
        seen.body_bytes = bytes;
    }
    if (exchange.body_error() != BodyError::none) {
        ++seen.body_errors;
        co_return problem(problems::timeout);
    }
    co_return text(200, std::to_string(bytes));
}

awaitable<Response> hold(Exchange& exchange, Seen& seen) {
    seen.held = &exchange;
    std::array<std::uint8_t, 4096> piece;
    std::size_t size = 1;
    while (size > 0) {
        size = co_await exchange.read_some(piece);
    }
    seen.held = nullptr;
    co_return problem(problems::conflict);
}

awaitable<Response> take_over(Exchange&, Seen& seen) {
    if (seen.held != nullptr) {
        seen.held->cancel_body();
    }
    co_return empty(204);
}

awaitable<Response> refuse(Exchange&) {
    co_return problem(problems::forbidden);
}

awaitable<Response> fail(Exchange&) {
    throw std::runtime_error("canary in an exception");
    co_return empty(200);
}

awaitable<Response> dirty(Exchange&) {
    co_return empty(200).with("X-A", "b\r\nX-C: d");
}

awaitable<Response> who(Exchange& exchange) {
    co_return text(
        200,
        exchange.request().client_certificate + " " + exchange.request().peer_address + " " + exchange.parameter("name") +
            (exchange.request().client_certificate_trusted ? " trusted" : "")
    );
}

awaitable<Response> large(Seen& seen, std::uint64_t fails_at) {
    auto source = std::make_shared<BodySource>();
    source->size = large_bytes;
    source->read = [&seen, fails_at](std::uint64_t offset, std::size_t count_max) {
        if (offset >= fails_at) {
            throw std::runtime_error("the disk is gone");
        }
        seen.source_offset = offset;
        crypto::Bytes bytes(count_max);
        for (std::size_t at = 0; at < bytes.size(); ++at) {
            bytes[at] = static_cast<std::uint8_t>(large_byte(offset + at));
        }
        return bytes;
    };
    Response response;
    response.source = std::move(source);
    co_return response;
}

Route route(Method method, std::string pattern, Handler handler, std::uint64_t body_bytes_max = 0) {
    Route one;
    one.method = method;
    one.pattern = std::move(pattern);
    one.caller = Caller::anyone;
    one.handler = std::move(handler);
    one.body_bytes_max = body_bytes_max;
    return one;
}

}  // namespace

char large_byte(std::uint64_t offset) {
    return static_cast<char>('a' + offset % 23);
}

std::vector<Route> test_routes(Seen& seen) {
    constexpr std::uint64_t plenty = 1024UL * 1024 * 1024;
    std::vector<Route> routes;
    routes.push_back(route(Method::get, "/hello", hello));
    routes.push_back(route(Method::post, "/echo", echo, echo_bytes_max));
    routes.push_back(route(Method::put, "/count", [&seen](Exchange& exchange) { return count(exchange, seen); }, plenty));
    routes.push_back(route(Method::put, "/hold", [&seen](Exchange& exchange) { return hold(exchange, seen); }, plenty));
    routes.push_back(route(Method::post, "/take-over", [&seen](Exchange& exchange) { return take_over(exchange, seen); }));
    routes.push_back(route(Method::post, "/refuse", refuse, plenty));
    routes.push_back(route(Method::get, "/fail", fail));
    routes.push_back(route(Method::get, "/dirty", dirty));
    routes.push_back(route(Method::get, "/who/{name}", who));
    routes.push_back(route(Method::get, "/large", [&seen](Exchange&) { return large(seen, large_bytes); }));
    routes.push_back(route(Method::get, "/breaks", [&seen](Exchange&) { return large(seen, large_bytes / 2); }));
    return routes;
}

}  // namespace tests
