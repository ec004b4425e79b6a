#include "gateway/edge/posting_handlers.hpp"

#include "gateway/edge/authentication.hpp"
#include "gateway/edge/limits.hpp"
#include "gateway/edge/wire.hpp"

namespace gateway::edge {

namespace asio = boost::asio;
using http::Exchange;
using http::Response;

namespace {

// On the pool. One read transaction, so that posting and uploads fit each other.
Answer<std::string> own_posting(Services& services, const Credentials& credentials) {
    const auto grant = find_grant(services, credentials);
    if (grant.has_error()) {
        return grant.error();
    }
    auto text = services.database.read([&](storage::Connection& connection) -> storage::Result<std::string> {
        const auto posting = services.postings.find(connection, *grant);
        if (!posting) {
            return storage::Errc::not_found;
        }
        return posting_json(*posting, services.uploads.list_of_grant(connection, *grant, limits::uploads_listed_max));
    });
    if (text.has_error()) {
        return problem_of(text.error());
    }
    return *std::move(text);
}

asio::awaitable<Response> show(Services& services, Exchange& exchange) {
    const auto credentials = credentials_of(services, exchange.request());
    auto work = [&services, &credentials] { return own_posting(services, credentials); };
    const Answer<std::string> posting = co_await offload(services.pool, std::move(work));
    if (posting.has_error()) {
        co_return refuse(exchange, posting.error());
    }
    co_return http::json(200, *posting);
}

}  // namespace

std::vector<http::Route> posting_routes(Services& services) {
    auto showing = [&services](Exchange& exchange) { return show(services, exchange); };
    return {{http::Method::get, "/api/v1/posting", http::Caller::grant, std::move(showing), 0}};
}

}  // namespace gateway::edge
