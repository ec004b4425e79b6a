// What a step of a handler gives: a value, or the problem to answer with. One table turns errors of the store into problems, so that
// what is unknown and what is somebody else's look alike outside.
#pragma once

#include "gateway/http/exchange.hpp"
#include "gateway/http/problem.hpp"

#include <boost/system/result.hpp>

namespace gateway::edge {

template <class T>
class [[nodiscard]] Answer : public boost::system::result<T, http::Problem> {
public:
    using boost::system::result<T, http::Problem>::result;
};

http::Problem problem_of(const boost::system::error_code& error) noexcept;
http::Response refuse(const http::Exchange& exchange, const http::Problem& problem, std::string_view detail = {});

}  // namespace gateway::edge
