// From a vetted header block to a Request, through Beast's parser: a second opinion on bytes the guard has let pass. Where the two
// disagree the request is refused. Pure; the only place that knows Beast.
#pragma once

#include "gateway/http/guard.hpp"
#include "gateway/http/request.hpp"

namespace gateway::http {

std::optional<Request> parse_head(std::string_view block, const Vetted& vetted);

}  // namespace gateway::http
