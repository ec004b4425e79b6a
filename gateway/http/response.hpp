// An answer. The server adds Content-Length, Date, the security headers and, on HEAD or 204/304, leaves the body out.
#pragma once

#include "crypto/bytes.hpp"
#include "gateway/http/request.hpp"

#include <functional>
#include <memory>

namespace gateway::http {

// A body too large for memory: a number of bytes, read piece by piece on the pool.
struct BodySource {
    std::uint64_t size = 0;
    std::function<crypto::Bytes(std::uint64_t offset, std::size_t count_max)> read;  // throws when it cannot; ends the connection
};

struct Response {
    int status = 200;
    std::vector<Header> headers;  // names as they go out
    std::string body;
    std::string_view asset;                // embedded bytes, used when body is empty
    std::shared_ptr<BodySource> source;    // used when body and asset are empty
    bool close = false;                    // end the connection after this answer
    enum class Cache { no_store, immutable } cache = Cache::no_store;

    Response& with(std::string name, std::string value);
};

Response empty(int status);
Response json(int status, std::string body);
Response text(int status, std::string body);

}  // namespace gateway::http
