// One request and its body, as a handler sees it. Owned by the connection; valid until the handler returns. I/O thread only.
// A body not read to its end closes the connection after the answer. Pace and size are held by the connection:
// silence over `body_silence` or a body slower than `body_pace_min` ends it (BodyError).
#pragma once

#include "gateway/http/response.hpp"

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <map>

namespace gateway::http {

enum class BodyError { none, cut, too_large };  // cut: the peer went away, stalled, or closed without close_notify

class Exchange {
public:
    virtual ~Exchange() = default;

    virtual const Request& request() const = 0;
    virtual const std::string& parameter(std::string_view name) const = 0;  // of the route's pattern; "" when there is none

    // Sends 100 Continue first, when it was asked for. Gives 0 bytes at the end of the body and on error (see body_error).
    virtual boost::asio::awaitable<std::size_t> read_some(std::span<std::uint8_t> buffer) = 0;
    // For bodies that are taken as they come, without a buffer held while nothing does. 0: nothing is here yet, the end, or an error.
    virtual std::size_t read_now(std::span<std::uint8_t> buffer) = 0;
    // After read_now gave 0, and only then. False when `patience` passed first; else it is time for read_now, which may still give 0.
    virtual boost::asio::awaitable<bool> wait_for_body(std::chrono::milliseconds patience) = 0;
    // A 1xx before the answer: status and headers. Not to HTTP/1.0. When it cannot be sent, the body ends with BodyError::cut.
    virtual boost::asio::awaitable<void> send_interim(Response response) = 0;
    // A small body, whole.
    virtual boost::asio::awaitable<std::string> read_all(std::size_t bytes_max) = 0;
    virtual BodyError body_error() const = 0;
    virtual std::uint64_t body_left() const = 0;

    // Makes a pending read_some or wait_for_body end with BodyError::cut, from another coroutine of the same thread: a newer request takes
    // over.
    virtual void cancel_body() = 0;
};

}  // namespace gateway::http
