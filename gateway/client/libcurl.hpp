// libcurl's one global start, shared by HTTPS and SMTP. Any thread, any number of times.
#pragma once

namespace gateway::client {

void start_libcurl();  // throws std::runtime_error when it cannot

}  // namespace gateway::client
