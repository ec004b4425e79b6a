// One TLS connection, OpenSSL straight on a non-blocking socket (SSL_set_fd, then waiting for readiness): an idle connection costs
// about 20 KiB, a quarter of what asio::ssl::stream costs. Believes nothing of the peer. I/O thread only; one read and one write at a
// time. Every wait ends at its deadline. After `cut` or `late` only finish() is of use. Owner: the connection.
#pragma once

#include "gateway/http/tls_context.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include <span>

namespace gateway::http {

using Moment = std::chrono::steady_clock::time_point;

enum class Io {
    ok,
    closed,  // the peer said close_notify: nothing was lost
    cut,     // reset, FIN without close_notify, a TLS failure, or cancel()
    late,    // the deadline passed
};

struct Read {
    std::size_t size = 0;  // more than 0 exactly when io is ok
    Io io = Io::ok;
};

class TlsStream {
public:
    TlsStream(boost::asio::ip::tcp::socket socket, const TlsContext& context);
    ~TlsStream();
    TlsStream(const TlsStream&) = delete;
    TlsStream& operator=(const TlsStream&) = delete;

    boost::asio::awaitable<Io> handshake(Moment deadline);
    boost::asio::awaitable<Read> read_some(std::span<std::uint8_t> buffer, Moment deadline);
    Read read_now(std::span<std::uint8_t> buffer);  // size 0 with ok: nothing is here yet
    // After read_now gave nothing, and only then: OpenSSL reads ahead, and what it holds the socket does not tell of.
    boost::asio::awaitable<Io> wait_readable(Moment deadline);
    // `silence` is how long the peer may take nothing.
    boost::asio::awaitable<Io> write_all(std::string_view bytes, std::chrono::milliseconds silence);
    // close_notify, FIN, then whatever still comes is thrown away, so that no reset overtakes our last answer.
    boost::asio::awaitable<void> finish(Moment deadline, std::size_t drain_bytes_max);

    void cancel() noexcept;        // the pending wait, and all later ones, end with `cut`
    void cancel_reads() noexcept;  // the same for reads only; an answer can still be written

    std::string server_name() const;         // SNI in lower case, empty without one
    std::string client_certificate() const;  // hex SHA-256, empty without one
    bool client_certificate_trusted() const noexcept;

private:
    struct Line;
    enum class Next { done, read, write, closed, cut };
    void begin_call() noexcept;  // before each call of OpenSSL
    Next next(int outcome) noexcept;
    boost::asio::awaitable<Io> wait(Next direction, Moment deadline);
    boost::asio::awaitable<void> drain(Moment deadline, std::size_t bytes_max);

    struct Free {
        void operator()(SSL* ssl) const noexcept { SSL_free(ssl); }
    };
    std::shared_ptr<Line> line_;  // socket and alarm; the alarm's handler may outlive the stream
    std::unique_ptr<SSL, Free> ssl_;
    Next awaited_ = Next::read;  // what the last read_now wanted of the socket
    std::size_t burst_ = 0;  // bytes read since others had their turn
    bool broken_ = false;
};

}  // namespace gateway::http
