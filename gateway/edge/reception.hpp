// One body on its way into an upload: takes the upload over from an older request, reads the body piece by piece, and puts each down.
// I/O thread; the disk's work goes to the pool.
#pragma once

#include "gateway/edge/piece.hpp"
#include "gateway/edge/protocol/rules.hpp"
#include "gateway/edge/services.hpp"

namespace gateway::edge {

struct Delivery {
    storage::edge::Upload upload;
    protocol::Append append;
    std::optional<std::uint64_t> interop;  // with it the client hears of its progress: 104
    Piece beginning = {};                  // of the body, read already
};

struct Reception {
    std::optional<http::Problem> problem;
    storage::edge::Upload upload;  // as it is on disk, whether there is a problem or not
};
boost::asio::awaitable<Reception> receive(Services& services, http::Exchange& exchange, Delivery delivery);

// A small body as long as it comes without a pause: whole when body_left is 0 afterwards.
boost::asio::awaitable<Piece> read_promptly(http::Exchange& exchange);

// Repr-Digest of a complete upload, when the request wants one (RFC 9530, Want-Repr-Digest).
boost::asio::awaitable<void>
tell_digest(Services& services, const http::Exchange& exchange, const storage::edge::Upload& upload, http::Response& response);

}  // namespace gateway::edge
