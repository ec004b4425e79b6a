// One connection from handshake to FIN: read a header block, guard it, parse it, find its route, run the handler, write the answer,
// again. Believes nothing of the peer; what a handler throws becomes a 500. I/O thread only. Kept alive by its own coroutine, `serve`.
#pragma once

#include "gateway/http/guard.hpp"
#include "gateway/http/incoming.hpp"
#include "gateway/http/server.hpp"
#include "gateway/http/tls_stream.hpp"

namespace gateway::http {

// What all connections of a listener share. Outlives them.
struct Service {
    ListenOptions options;
    std::vector<std::string> hosts;  // of the options, in lower case
    const Routes& routes;
    Pool& pool;
    bool stopping = false;
    std::uint64_t requests = 0;  // so far, of all connections
};

class Connection {
public:
    Connection(boost::asio::ip::tcp::socket socket, const TlsContext& tls, std::string peer_address, Service& service);

    boost::asio::awaitable<void> run();
    void stop();                              // ends an idle connection; a running request has its answer first
    void abort() noexcept { stream_.cancel(); }  // every wait ends now

private:
    enum class After { next, close, gone };  // gone: there is nobody to say goodbye to

    boost::asio::awaitable<bool> receive_head();  // false: the connection ends without an answer
    std::optional<Request> take_request();  // nothing: refused_ says why
    boost::asio::awaitable<After> answer_one();
    boost::asio::awaitable<Response> respond(Incoming& incoming);
    boost::asio::awaitable<Response> respond_at(const Routes::Match& match, Incoming& incoming);
    boost::asio::awaitable<Response> run_handler(const Route& route, Incoming& incoming);
    boost::asio::awaitable<After> write(Response response, Method method, bool close);
    boost::asio::awaitable<Io> write_source(std::shared_ptr<BodySource> source);
    Response refusal() const;

    Service& service_;
    TlsStream stream_;
    std::string peer_address_;
    std::string server_name_;
    std::string client_certificate_;
    bool client_certificate_trusted_ = false;
    std::string received_;  // from the current head on
    std::string head_;      // the block that verdict_ looks into
    HeadScan scan_;
    std::optional<Refusal> refused_;  // by scan, clock or guard
    Verdict verdict_;
    std::size_t requests_ = 0;
    bool idle_ = true;
};

boost::asio::awaitable<void> serve(std::shared_ptr<Connection> connection);

}  // namespace gateway::http
