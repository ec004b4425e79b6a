#include "gateway/http/tls_stream.hpp"

#include "crypto/encoding.hpp"
#include "gateway/ascii.hpp"
#include "gateway/limits.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <openssl/err.h>
#include <openssl/x509.h>

#include <array>
#include <stdexcept>

#include <netinet/tcp.h>
#include <sys/socket.h>

namespace gateway::http {

using boost::asio::redirect_error;
using boost::asio::use_awaitable;
using boost::asio::ip::tcp;

// The socket and its alarm. One timer wait is pending at most; a deadline that moves on costs nothing, the alarm looks again when it rings.
struct TlsStream::Line : std::enable_shared_from_this<TlsStream::Line> {
    explicit Line(tcp::socket connected) : socket(std::move(connected)), alarm(socket.get_executor()) {}

    tcp::socket socket;
    boost::asio::steady_timer alarm;
    Moment deadline{};
    Moment rings_at{};
    bool armed = false;
    bool waiting = false;
    bool late = false;
    bool cancelled = false;
    bool reads_cancelled = false;
    int turns = 0;  // reads of the socket that the running call of OpenSSL may still make

    void watch(Moment until) {
        deadline = until;
        if (armed && rings_at <= until) {
            return;
        }
        armed = true;
        rings_at = until;
        alarm.expires_at(until);
        alarm.async_wait([self = shared_from_this()](const boost::system::error_code& error) { self->rang(error); });
    }

    void rang(const boost::system::error_code& error) {
        if (error) {
            return;  // replaced by an earlier alarm, or the stream is gone
        }
        armed = false;
        if (!waiting) {
            return;
        }
        if (std::chrono::steady_clock::now() < deadline) {
            watch(deadline);
            return;
        }
        late = true;
        stop_waiting();
    }

    void stop_waiting() noexcept {
        boost::system::error_code ignored;
        socket.cancel(ignored);
    }
};

namespace {

constexpr std::size_t burst_bytes_max = 256 * 1024;  // then other connections have their turn
constexpr std::size_t drain_piece_bytes = 4 * 1024;
constexpr int turns_max = 4;  // a record of 16 KiB takes one or two

// Before each read of the socket. OpenSSL goes on by itself over messages that carry nothing, such as key updates: a peer that sends
// only those would keep the whole program inside one call. Out of turns it comes back as if the socket were empty.
long before_read(BIO* bio, int operation, const char*, std::size_t, int, long, int outcome, std::size_t*) {
    if (operation != BIO_CB_READ) {
        return outcome;
    }
    auto& turns = *reinterpret_cast<int*>(BIO_get_callback_arg(bio));
    if (turns > 0) {
        --turns;
        return outcome;
    }
    BIO_set_retry_read(bio);
    return -1;
}

SSL* new_ssl(const TlsContext& context, int socket, int& turns) {
    auto* ssl = SSL_new(context.native());
    if (ssl == nullptr || SSL_set_fd(ssl, socket) != 1) {
        SSL_free(ssl);
        throw std::runtime_error("no TLS state");
    }
    SSL_set_accept_state(ssl);
    BIO_set_callback_ex(SSL_get_rbio(ssl), before_read);
    BIO_set_callback_arg(SSL_get_rbio(ssl), reinterpret_cast<char*>(&turns));
    return ssl;
}

}  // namespace

TlsStream::TlsStream(tcp::socket socket, const TlsContext& context) : line_(std::make_shared<Line>(std::move(socket))) {
    line_->socket.non_blocking(true);
    line_->socket.set_option(tcp::no_delay(true));
    const int unsent = limits::unsent_bytes;
    ::setsockopt(line_->socket.native_handle(), IPPROTO_TCP, TCP_NOTSENT_LOWAT, &unsent, sizeof unsent);
    ssl_.reset(new_ssl(context, line_->socket.native_handle(), line_->turns));
}

TlsStream::~TlsStream() {
    line_->alarm.cancel();
    boost::system::error_code ignored;
    line_->socket.close(ignored);
}

void TlsStream::begin_call() noexcept {
    ERR_clear_error();
    line_->turns = turns_max;
}

TlsStream::Next TlsStream::next(int outcome) noexcept {
    if (outcome > 0) {
        return Next::done;
    }
    switch (SSL_get_error(ssl_.get(), outcome)) {
    case SSL_ERROR_WANT_READ:
        return Next::read;
    case SSL_ERROR_WANT_WRITE:
        return Next::write;
    case SSL_ERROR_ZERO_RETURN:
        return Next::closed;
    default:
        break;  // a reset, a broken record, or FIN without close_notify (SSL_R_UNEXPECTED_EOF_WHILE_READING)
    }
    broken_ = true;
    ERR_clear_error();
    return Next::cut;
}

boost::asio::awaitable<Io> TlsStream::wait(Next direction, Moment deadline) {
    auto& line = *line_;
    if (line.cancelled) {
        co_return Io::cut;
    }
    if (std::chrono::steady_clock::now() >= deadline) {
        co_return Io::late;
    }
    line.late = false;
    line.waiting = true;
    line.watch(deadline);
    boost::system::error_code error;
    auto token = redirect_error(use_awaitable, error);
    const auto kind = direction == Next::read ? tcp::socket::wait_read : tcp::socket::wait_write;
    co_await line.socket.async_wait(kind, std::move(token));
    line.waiting = false;
    burst_ = 0;
    if (line.cancelled) {
        co_return Io::cut;
    }
    if (line.late) {
        co_return Io::late;
    }
    co_return error ? Io::cut : Io::ok;
}

boost::asio::awaitable<Io> TlsStream::handshake(Moment deadline) {
    for (;;) {
        begin_call();
        const auto step = next(SSL_do_handshake(ssl_.get()));
        if (step == Next::done) {
            // We have nothing to say now, so the kernel would hold its ACK back, and a client without TCP_NODELAY its request: 40 ms.
            const int at_once = 1;
            ::setsockopt(line_->socket.native_handle(), IPPROTO_TCP, TCP_QUICKACK, &at_once, sizeof at_once);
            co_return Io::ok;
        }
        if (step != Next::read && step != Next::write) {
            co_return Io::cut;
        }
        const auto ready = co_await wait(step, deadline);
        if (ready != Io::ok) {
            broken_ = true;  // no close_notify before there is a key to say it with
            co_return ready;
        }
    }
}

boost::asio::awaitable<Read> TlsStream::read_some(std::span<std::uint8_t> buffer, Moment deadline) {
    Read read;
    if (burst_ > burst_bytes_max) {
        burst_ = 0;
        co_await boost::asio::post(use_awaitable);
    }
    while (read.io == Io::ok && !line_->cancelled && !line_->reads_cancelled) {
        begin_call();
        const auto step = next(SSL_read_ex(ssl_.get(), buffer.data(), buffer.size(), &read.size));
        if (step == Next::done) {
            burst_ += read.size;
            co_return read;
        }
        if (step == Next::closed || step == Next::cut) {
            read.io = step == Next::closed ? Io::closed : Io::cut;
            co_return read;
        }
        read.io = co_await wait(step, deadline);
    }
    read.io = read.io == Io::ok ? Io::cut : read.io;
    co_return read;
}

boost::asio::awaitable<Io> TlsStream::wait_readable(Moment deadline) {
    if (line_->reads_cancelled) {
        co_return Io::cut;
    }
    const auto ready = co_await wait(awaited_, deadline);
    co_return ready == Io::ok && line_->reads_cancelled ? Io::cut : ready;
}

Read TlsStream::read_now(std::span<std::uint8_t> buffer) {
    Read read;
    if (line_->cancelled || line_->reads_cancelled) {
        read.io = Io::cut;
        return read;
    }
    begin_call();
    const auto step = next(SSL_read_ex(ssl_.get(), buffer.data(), buffer.size(), &read.size));
    awaited_ = step == Next::write ? Next::write : Next::read;
    if (step == Next::closed || step == Next::cut) {
        read.io = step == Next::closed ? Io::closed : Io::cut;
    }
    return read;
}

boost::asio::awaitable<Io> TlsStream::write_all(std::string_view bytes, std::chrono::milliseconds silence) {
    while (!bytes.empty()) {
        if (broken_ || line_->cancelled) {
            co_return Io::cut;
        }
        begin_call();
        std::size_t written = 0;
        const auto step = next(SSL_write_ex(ssl_.get(), bytes.data(), bytes.size(), &written));
        if (step == Next::done) {
            bytes.remove_prefix(written);
            continue;
        }
        if (step == Next::closed || step == Next::cut) {
            co_return Io::cut;
        }
        const auto ready = co_await wait(step, std::chrono::steady_clock::now() + silence);
        if (ready != Io::ok) {
            broken_ = true;  // half a record is out: nothing sensible can follow it
            co_return ready;
        }
    }
    co_return Io::ok;
}

boost::asio::awaitable<void> TlsStream::finish(Moment deadline, std::size_t drain_bytes_max) {
    line_->cancelled = false;
    auto ready = Io::ok;
    while (!broken_ && ready == Io::ok) {
        begin_call();
        const int outcome = SSL_shutdown(ssl_.get());
        if (outcome >= 0) {
            break;  // 0: said ours; theirs is not waited for
        }
        const auto step = next(outcome);
        if (step != Next::write && step != Next::read) {
            break;
        }
        ready = co_await wait(step, deadline);
    }
    boost::system::error_code error;
    line_->socket.shutdown(tcp::socket::shutdown_send, error);
    if (!error && ready == Io::ok) {
        co_await drain(deadline, drain_bytes_max);
    }
    line_->socket.close(error);
}

boost::asio::awaitable<void> TlsStream::drain(Moment deadline, std::size_t bytes_max) {
    boost::system::error_code error;
    std::array<std::uint8_t, drain_piece_bytes> piece;
    std::size_t drained = 0;
    while (!error && drained <= bytes_max) {
        const auto ready = co_await wait(Next::read, deadline);
        if (ready != Io::ok) {
            break;
        }
        drained += line_->socket.read_some(boost::asio::buffer(piece), error);
        if (error == boost::asio::error::would_block) {
            error.clear();
        }
    }
}

void TlsStream::cancel() noexcept {
    line_->cancelled = true;
    line_->stop_waiting();
}

void TlsStream::cancel_reads() noexcept {
    line_->reads_cancelled = true;
    line_->stop_waiting();
}

std::string TlsStream::server_name() const {
    const char* name = SSL_get_servername(ssl_.get(), TLSEXT_NAMETYPE_host_name);
    return lower_case(name == nullptr ? "" : name);
}

std::string TlsStream::client_certificate() const {
    const auto* certificate = SSL_get0_peer_certificate(ssl_.get());
    std::array<std::uint8_t, EVP_MAX_MD_SIZE> digest;
    unsigned int size = 0;
    if (certificate == nullptr || X509_digest(certificate, EVP_sha256(), digest.data(), &size) != 1) {
        return {};
    }
    return crypto::to_hex(crypto::ByteView(digest.data(), size));
}

bool TlsStream::client_certificate_trusted() const noexcept {
    // Without a certificate the result is X509_V_OK too.
    return SSL_get0_peer_certificate(ssl_.get()) != nullptr && SSL_get_verify_result(ssl_.get()) == X509_V_OK;
}

}  // namespace gateway::http
