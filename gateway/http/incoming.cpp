#include "gateway/http/incoming.hpp"

#include "gateway/http/answer.hpp"

#include <algorithm>
#include <cstring>

namespace gateway::http {

using std::chrono::steady_clock;

Incoming::Incoming(Request request, TlsStream& stream, std::string& behind, const ListenLimits& limits)
    : request_(std::move(request)), stream_(stream), behind_(behind), limits_(limits), pace_(limits.body_grace),
      left_(request_.content_length.value_or(0)), continue_owed_(request_.expects_continue && left_ > 0) {}

const std::string& Incoming::parameter(std::string_view name) const {
    static const std::string none;
    const auto found = parameters_.find(name);
    return found == parameters_.end() ? none : found->second;
}

std::size_t Incoming::take_behind(std::span<std::uint8_t> buffer) {
    const auto size = std::min(buffer.size(), behind_.size());
    std::memcpy(buffer.data(), behind_.data(), size);
    behind_.erase(0, size);
    left_ -= size;
    return size;
}

boost::asio::awaitable<std::size_t> Incoming::read_some(std::span<std::uint8_t> buffer) {
    buffer = buffer.first(static_cast<std::size_t>(std::min<std::uint64_t>(buffer.size(), left_)));
    if (buffer.empty() || error_ != BodyError::none) {
        co_return 0;
    }
    if (!behind_.empty()) {
        continue_owed_ = false;  // RFC 9110 section 10.1.1: the client did not wait for it
        co_return take_behind(buffer);
    }
    co_await send_continue();
    if (error_ != BodyError::none) {
        co_return 0;
    }
    const auto start = steady_clock::now();
    const auto patience = std::min<Pace::Microseconds>(limits_.body_silence, pace_.left());
    const auto read = co_await stream_.read_some(buffer, start + patience);
    pace_.waited(std::chrono::duration_cast<Pace::Microseconds>(steady_clock::now() - start), read.size);
    if (read.io != Io::ok || cancelled_) {
        error_ = BodyError::cut;
        co_return 0;
    }
    left_ -= read.size;
    co_return read.size;
}

boost::asio::awaitable<void> Incoming::send_continue() {
    if (!continue_owed_) {
        co_return;
    }
    continue_owed_ = false;
    const auto sent = co_await stream_.write_all("HTTP/1.1 100 Continue\r\n\r\n", limits_.write_silence);
    if (sent != Io::ok || cancelled_) {
        error_ = BodyError::cut;
    }
}

boost::asio::awaitable<bool> Incoming::wait_for_body(std::chrono::milliseconds patience) {
    if (left_ == 0 || error_ != BodyError::none || !behind_.empty()) {
        co_return true;
    }
    co_await send_continue();
    const auto start = steady_clock::now();
    const auto bearable = std::min<Pace::Microseconds>(limits_.body_silence - silence_, pace_.left());
    const auto ready = co_await stream_.wait_readable(start + std::min<Pace::Microseconds>(patience, bearable));
    const auto waited = std::chrono::duration_cast<Pace::Microseconds>(steady_clock::now() - start);
    silence_ += waited;
    pace_.waited(waited, 0);
    if (ready == Io::late && bearable > patience) {
        co_return false;
    }
    if (ready != Io::ok || cancelled_) {
        error_ = BodyError::cut;
    }
    co_return true;
}

std::size_t Incoming::read_now(std::span<std::uint8_t> buffer) {
    buffer = buffer.first(static_cast<std::size_t>(std::min<std::uint64_t>(buffer.size(), left_)));
    if (buffer.empty() || error_ != BodyError::none) {
        return 0;
    }
    if (!behind_.empty()) {
        continue_owed_ = false;  // RFC 9110 section 10.1.1: the client did not wait for it
        return take_behind(buffer);
    }
    const auto read = stream_.read_now(buffer);
    if (read.io != Io::ok) {
        error_ = BodyError::cut;
        return 0;
    }
    if (read.size != 0) {
        silence_ = Pace::Microseconds(0);
        pace_.waited(Pace::Microseconds(0), read.size);
        left_ -= read.size;
    }
    return read.size;
}

boost::asio::awaitable<void> Incoming::send_interim(Response response) {
    if (request_.http_1_0 || error_ != BodyError::none) {
        co_return;
    }
    const auto head = interim_head(response);
    const auto sent = co_await stream_.write_all(head, limits_.write_silence);
    if (sent != Io::ok) {
        error_ = BodyError::cut;
    }
}

boost::asio::awaitable<std::string> Incoming::read_all(std::size_t bytes_max) {
    std::string body;
    if (left_ > bytes_max) {
        error_ = BodyError::too_large;
        co_return body;
    }
    body.resize(static_cast<std::size_t>(left_));
    std::size_t have = 0;
    while (have < body.size()) {
        const std::span<std::uint8_t> rest(reinterpret_cast<std::uint8_t*>(body.data()) + have, body.size() - have);
        const auto size = co_await read_some(rest);
        if (size == 0) {
            body.clear();
            co_return body;
        }
        have += size;
    }
    co_return body;
}

void Incoming::cancel_body() {
    if (left_ > 0 && error_ == BodyError::none) {
        cancelled_ = true;
        error_ = BodyError::cut;
        stream_.cancel_reads();
    }
}

}  // namespace gateway::http
