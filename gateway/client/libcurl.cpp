#include "gateway/client/libcurl.hpp"

#include <curl/curl.h>

#include <mutex>
#include <stdexcept>

namespace gateway::client {

void start_libcurl() {
    static std::once_flag once;
    std::call_once(once, [] {
        if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
            throw std::runtime_error("libcurl does not start");
        }
    });
}

}  // namespace gateway::client
