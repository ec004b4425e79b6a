// The Exchange of one request on a connection: its body comes first from what was received behind the head, then from the stream, held
// to silence and pace. I/O thread only. Owns the request; stream and buffer are the connection's and outlive it.
#pragma once

#include "gateway/http/exchange.hpp"
#include "gateway/http/pace.hpp"
#include "gateway/http/server.hpp"
#include "gateway/http/tls_stream.hpp"

namespace gateway::http {

class Incoming final : public Exchange {
public:
    // `behind` holds bytes received behind the head; the body's are taken from it, the next request's stay.
    Incoming(Request request, TlsStream& stream, std::string& behind, const ListenLimits& limits);

    const Request& request() const override { return request_; }
    const std::string& parameter(std::string_view name) const override;
    boost::asio::awaitable<std::size_t> read_some(std::span<std::uint8_t> buffer) override;
    boost::asio::awaitable<bool> wait_for_body(std::chrono::milliseconds patience) override;
    std::size_t read_now(std::span<std::uint8_t> buffer) override;
    boost::asio::awaitable<void> send_interim(Response response) override;
    boost::asio::awaitable<std::string> read_all(std::size_t bytes_max) override;
    BodyError body_error() const override { return error_; }
    std::uint64_t body_left() const override { return left_; }
    void cancel_body() override;

    void set_method(Method method) noexcept { request_.method = method; }
    void set_parameters(std::map<std::string, std::string, std::less<>> parameters) { parameters_ = std::move(parameters); }

private:
    boost::asio::awaitable<void> send_continue();
    std::size_t take_behind(std::span<std::uint8_t> buffer);

    Request request_;
    TlsStream& stream_;
    std::string& behind_;
    const ListenLimits& limits_;
    std::map<std::string, std::string, std::less<>> parameters_;
    Pace pace_;
    Pace::Microseconds silence_{0};  // of the waits since the last byte
    std::uint64_t left_;
    bool continue_owed_;
    bool cancelled_ = false;
    BodyError error_ = BodyError::none;
};

}  // namespace gateway::http
