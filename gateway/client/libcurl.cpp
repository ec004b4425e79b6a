#include "gateway/client/libcurl.hpp"

#include "gateway/wiped_memory.hpp"

#include <curl/curl.h>

#include <cstdlib>
#include <cstring>

#include <mutex>
#include <stdexcept>

namespace gateway::client {

void start_libcurl() {
    static std::once_flag once;
    std::call_once(once, [] {
        if (curl_global_init_mem(CURL_GLOBAL_DEFAULT, std::malloc, wiped_free, wiped_realloc, ::strdup, std::calloc) != CURLE_OK) {
            throw std::runtime_error("libcurl does not start");
        }
    });
}

}  // namespace gateway::client
