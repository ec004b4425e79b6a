#include "gateway/http/server.hpp"

#include "gateway/ascii.hpp"
#include "gateway/http/connection.hpp"
#include "gateway/http/tls_context.hpp"
#include "gateway/log.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <csignal>
#include <set>
#include <stdexcept>

namespace gateway::http {

using boost::asio::awaitable;
using boost::asio::ip::tcp;

namespace {

// Whose connections count together: an IPv4 address, or the /64 an IPv6 customer has to themselves.
std::string address_group(const boost::asio::ip::address& address) {
    if (address.is_v4()) {
        return address.to_string();
    }
    const auto six = address.to_v6();
    if (six.is_v4_mapped()) {
        return boost::asio::ip::make_address_v4(boost::asio::ip::v4_mapped, six).to_string();
    }
    const auto bytes = six.to_bytes();
    return std::string(bytes.begin(), bytes.begin() + 8);
}

std::vector<std::string> all_lower_case(std::vector<std::string> names) {
    std::transform(names.begin(), names.end(), names.begin(), [](const std::string& name) { return lower_case(name); });
    return names;
}

tcp::acceptor listen(boost::asio::io_context& context, const ListenOptions& options) {
    try {
        const tcp::endpoint endpoint(boost::asio::ip::make_address(options.address), options.port);
        tcp::acceptor acceptor(context);
        acceptor.open(endpoint.protocol());
        acceptor.set_option(tcp::acceptor::reuse_address(true));
        acceptor.bind(endpoint);
        acceptor.listen(limits::accept_backlog);
        acceptor.non_blocking(true);
        return acceptor;
    } catch (const boost::system::system_error& error) {
        throw std::runtime_error(
            "cannot listen on " + options.address + ":" + std::to_string(options.port) + ": " + error.code().message()
        );
    }
}

}  // namespace

struct Server::State {
    State(boost::asio::io_context& io, Pool& pool, ListenOptions options, const Routes& routes)
        : context(io), service{options, all_lower_case(options.hosts), routes, pool}, tls(std::make_shared<TlsContext>(options.tls)),
          acceptor(listen(io, options)), pause(io), drain(io) {}

    boost::asio::io_context& context;
    Service service;
    std::shared_ptr<TlsContext> tls;
    tcp::acceptor acceptor;
    boost::asio::steady_timer pause;  // between tries to accept
    boost::asio::steady_timer drain;
    std::set<std::shared_ptr<Connection>> connections;
    std::map<std::string, std::size_t> per_group;

    void left(const std::string& group, const std::shared_ptr<Connection>& connection) {
        connections.erase(connection);
        const auto counted = per_group.find(group);
        if (--counted->second == 0) {
            per_group.erase(counted);
        }
        if (service.stopping && connections.empty()) {
            drain.cancel();
        }
    }

    static awaitable<void> attend(std::shared_ptr<State> state, std::shared_ptr<Connection> connection, std::string group);
    static awaitable<void> accept_all(std::shared_ptr<State> state);
    static void admit(const std::shared_ptr<State>& state, tcp::socket socket);
};

awaitable<void> Server::State::attend(std::shared_ptr<State> state, std::shared_ptr<Connection> connection, std::string group) {
    bool failed = false;
    try {
        co_await serve(connection);
    } catch (...) {
        failed = true;
    }
    if (failed) {
        log_event("connection.failed");
    }
    state->left(group, connection);
}

// Over a limit the socket closes at once: an answer would cost the handshake the limit is there to save.
void Server::State::admit(const std::shared_ptr<State>& state, tcp::socket socket) {
    boost::system::error_code error;
    const auto peer = socket.remote_endpoint(error);
    const auto& limits = state->service.options.limits;
    if (error || state->service.stopping || state->connections.size() >= limits.connections) {
        return;
    }
    const auto group = address_group(peer.address());
    const auto counted = state->per_group.find(group);
    if (counted != state->per_group.end() && counted->second >= limits.connections_per_address) {
        return;
    }
    std::shared_ptr<Connection> connection;
    try {
        connection = std::make_shared<Connection>(std::move(socket), *state->tls, peer.address().to_string(), state->service);
    } catch (const std::exception&) {
        return;  // the peer is gone already, or there is no memory for it
    }
    state->connections.insert(connection);
    ++state->per_group[group];
    boost::asio::co_spawn(state->context, attend(state, connection, group), boost::asio::detached);
}

awaitable<void> Server::State::accept_all(std::shared_ptr<State> state) {
    while (state->acceptor.is_open()) {
        boost::system::error_code error;
        tcp::socket socket(state->context);
        auto token = boost::asio::redirect_error(boost::asio::use_awaitable, error);
        co_await state->acceptor.async_accept(socket, std::move(token));
        if (!error) {
            admit(state, std::move(socket));
            continue;
        }
        if (error == boost::asio::error::operation_aborted) {
            break;
        }
        // Out of descriptors, or a peer that left in the queue: neither may spin, neither ends the listener.
        state->pause.expires_after(limits::accept_pause);
        auto pause = boost::asio::redirect_error(boost::asio::use_awaitable, error);
        co_await state->pause.async_wait(std::move(pause));
    }
}

Server::Server(boost::asio::io_context& context, Pool& pool, ListenOptions options, const Routes& routes)
    : state_(std::make_shared<State>(context, pool, std::move(options), routes)) {
    // OpenSSL writes to the socket with write(2), which cannot be told not to raise SIGPIPE when the peer has gone.
    std::signal(SIGPIPE, SIG_IGN);
}

Server::~Server() {
    boost::system::error_code ignored;
    state_->acceptor.close(ignored);
}

std::uint16_t Server::port() const {
    return state_->acceptor.local_endpoint().port();
}

void Server::start() {
    boost::asio::co_spawn(state_->context, State::accept_all(state_), boost::asio::detached);
}

void Server::stop() {
    if (state_->service.stopping) {
        return;
    }
    state_->service.stopping = true;
    boost::system::error_code ignored;
    state_->acceptor.close(ignored);
    state_->pause.cancel();
    for (const auto& connection : state_->connections) {
        connection->stop();
    }
    if (state_->connections.empty()) {
        return;
    }
    state_->drain.expires_after(state_->service.options.limits.stop_drain);
    state_->drain.async_wait([state = state_](const boost::system::error_code& error) {
        if (!error) {
            for (const auto& connection : state->connections) {
                connection->abort();
            }
        }
    });
}

void Server::reload_certificate() {
    try {
        state_->tls = std::make_shared<TlsContext>(state_->service.options.tls);
        log_event("certificate.reloaded");
    } catch (const std::runtime_error&) {
        log_event("certificate.refused");  // the old one stays
    }
}

}  // namespace gateway::http
