// Instants as HTTP writes them: IMF-fixdate, RFC 9110 section 5.6.7.
#pragma once

#include "policies/instant.hpp"

#include <string>

namespace gateway::http {

std::string http_date(policies::Instant instant);  // "Sun, 06 Nov 1994 08:49:37 GMT"

}  // namespace gateway::http
