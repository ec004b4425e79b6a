#include "gateway/edge/answer.hpp"

#include "storage/errors.hpp"

namespace gateway::edge {

http::Problem problem_of(const boost::system::error_code& error) noexcept {
    if (error.category() != storage::category()) {
        return http::problems::internal;
    }
    switch (static_cast<storage::Errc>(error.value())) {
    case storage::Errc::not_found:
        return http::problems::not_found;
    case storage::Errc::conflict:
        return http::problems::conflict;
    case storage::Errc::refused:
        return http::problems::forbidden;
    case storage::Errc::full:
        return http::problems::no_space;
    case storage::Errc::io:
        return http::problems::unavailable;
    case storage::Errc::too_large:
        return http::problems::too_large;
    case storage::Errc::damaged:
        break;
    }
    return http::problems::internal;
}

http::Response refuse(const http::Exchange& exchange, const http::Problem& problem, std::string_view detail) {
    return http::problem(problem, exchange.request().header("accept-language").value_or(""), detail);
}

}  // namespace gateway::edge
