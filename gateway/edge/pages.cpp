#include "gateway/edge/pages.hpp"

#include "gateway/edge/answer.hpp"
#include "gateway/edge/room.hpp"

namespace gateway::edge {

namespace asio = boost::asio;
using http::Exchange;
using http::Response;

namespace {

constexpr std::int64_t half_a_year = 180 * policies::one_day;  // RFC 9116 section 2.5.5: less than a year

// Well is: the database answers, and a new upload would find room.
bool is_well(Services& services) {
    return expect_room(services, 1).has_value();
}

asio::awaitable<Response> health(Services& services, Exchange& exchange) {
    auto work = [&services] { return is_well(services); };
    const bool well = co_await offload(services.pool, std::move(work));
    if (!well) {
        co_return refuse(exchange, http::problems::unavailable);
    }
    co_return http::json(200, R"({"status":"pass"})");
}

asio::awaitable<Response> security_contact(Services& services, Exchange& exchange) {
    if (services.security_contact.empty()) {
        co_return refuse(exchange, http::problems::not_found);
    }
    const auto expires = services.clock.now() + half_a_year;
    const auto lines = "Contact: " + services.security_contact + "\nExpires: " + expires.text() + "\nPreferred-Languages: nl, en, fr, de\n";
    co_return http::text(200, lines);
}

}  // namespace

std::vector<http::Route> page_routes(Services& services) {
    auto healthy = [&services](Exchange& exchange) { return health(services, exchange); };
    auto contact = [&services](Exchange& exchange) { return security_contact(services, exchange); };
    return {
        {http::Method::get, "/healthz", http::Caller::anyone, std::move(healthy), 0},
        {http::Method::get, "/.well-known/security.txt", http::Caller::anyone, std::move(contact), 0},
    };
}

}  // namespace gateway::edge
