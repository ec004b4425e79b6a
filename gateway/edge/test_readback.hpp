// For suites of others that are written for open upload servers, and only in a build made for them (SLUIS_TEST_READBACK, preset
// "readback"): an upload may hold anything, and GET gives it back to whoever does not ask for JSON. No such code is in a release;
// tests/tidy/symbols_test.py looks.
#pragma once

#ifdef SLUIS_TEST_READBACK

#include "gateway/edge/services.hpp"
#include "gateway/http/exchange.hpp"

namespace gateway::edge::readback {

bool is_wanted(const http::Request& request);
http::Response bytes_of(Services& services, const storage::edge::Upload& upload);

}  // namespace gateway::edge::readback

#endif
