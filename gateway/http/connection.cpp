#include "gateway/http/connection.hpp"

#include "gateway/clock.hpp"
#include "gateway/http/answer.hpp"
#include "gateway/http/head.hpp"
#include "gateway/log.hpp"

#include <algorithm>
#include <stdexcept>
#include <typeinfo>

namespace gateway::http {

using boost::asio::awaitable;
using std::chrono::steady_clock;

namespace {

// Fetch metadata: a browser says where a request comes from; one that changes something must come from our own pages.
// Programs that are no browsers send nothing of the kind.
bool foreign_page(const Request& request) {
    if (!changes_state(request.method) || request.count("sec-fetch-site") == 0) {
        return false;
    }
    const auto site = request.header("sec-fetch-site");
    return site != "same-origin" && site != "none";
}

std::string_view language_of(const Request& request) {
    return request.header("accept-language").value_or(std::string_view());
}

// What went wrong, without a word of what it went wrong with: texts of exceptions may hold anything.
const char* kind_of(const std::exception_ptr& failure) {
    try {
        std::rethrow_exception(failure);
    } catch (const std::exception& error) {
        return typeid(error).name();
    } catch (...) {
        return "unknown";
    }
}

}  // namespace

Connection::Connection(boost::asio::ip::tcp::socket socket, const TlsContext& tls, std::string peer_address, Service& service)
    : service_(service), stream_(std::move(socket), tls), peer_address_(std::move(peer_address)) {}

awaitable<void> serve(std::shared_ptr<Connection> connection) {
    co_await connection->run();
}

void Connection::stop() {
    if (idle_) {
        stream_.cancel();
    }
}

awaitable<void> Connection::run() {
    const auto& limits = service_.options.limits;
    const auto shaken = co_await stream_.handshake(steady_clock::now() + limits.handshake);
    if (shaken != Io::ok) {
        co_return;
    }
    server_name_ = stream_.server_name();
    client_certificate_ = stream_.client_certificate();
    client_certificate_trusted_ = stream_.client_certificate_trusted();
    auto after = After::next;
    while (after == After::next) {
        const bool asked = co_await receive_head();
        if (!asked) {
            break;
        }
        after = co_await answer_one();
    }
    if (after != After::gone) {
        co_await stream_.finish(steady_clock::now() + limits.shutdown, limits::close_drain_bytes);
    }
}

awaitable<bool> Connection::receive_head() {
    const auto& limits = service_.options.limits;
    refused_.reset();
    verdict_ = Verdict();
    scan_ = HeadScan();
    idle_ = received_.empty();
    auto deadline = steady_clock::now() + (idle_ && requests_ > 0 ? limits.idle : limits.head);
    for (;;) {
        const auto state = scan_.scan(received_);
        if (state == HeadScan::State::refused) {
            refused_ = scan_.refusal();
        }
        if (state != HeadScan::State::more) {
            idle_ = false;
            co_return true;
        }
        if (idle_ && service_.stopping) {
            co_return false;
        }
        const auto have = received_.size();
        received_.resize(have + limits::read_bytes);
        const std::span<std::uint8_t> room(reinterpret_cast<std::uint8_t*>(received_.data()) + have, limits::read_bytes);
        const auto read = co_await stream_.read_some(room, deadline);
        received_.resize(have + read.size);
        if (read.io == Io::late && !idle_) {
            refused_ = Refusal{problems::timeout, "header block too slow"};
            co_return true;
        }
        if (read.io != Io::ok) {
            co_return false;
        }
        if (idle_) {
            idle_ = false;
            deadline = steady_clock::now() + limits.head;  // from the first byte on, and never moved again
        }
    }
}

Response Connection::refusal() const {
    auto response = problem(refused_->problem, {}, refused_->detail);
    const auto path = verdict_.head.target.substr(0, verdict_.head.target.find('?'));
    const auto match = service_.routes.find(Method::options, path);
    if (refused_->problem.status == problems::method_not_allowed.status) {
        response.with("Allow", match.allow);
    }
    for (const auto& header : match.path != nullptr ? match.path->always : std::vector<Header>()) {
        response.with(header.name, header.value);
    }
    return response;
}

std::optional<Request> Connection::take_request() {
    std::optional<Request> request;
    if (!refused_) {
        head_ = received_.substr(scan_.start(), scan_.size() - scan_.start());
        received_.erase(0, scan_.size());
        verdict_ = vet(head_, service_.hosts, server_name_);
        refused_ = verdict_.refusal;
    }
    if (!refused_) {
        request = parse_head(head_, verdict_.head);
        if (!request) {
            refused_ = Refusal{problems::bad_request, "malformed header block"};
            return request;
        }
        request->peer_address = peer_address_;
        request->client_certificate = client_certificate_;
        request->client_certificate_trusted = client_certificate_trusted_;
        request->serial = ++service_.requests;
    }
    return request;
}

awaitable<Connection::After> Connection::answer_one() {
    ++requests_;
    Response response;
    auto method = Method::get;
    bool close = true;
    auto request = take_request();
    if (request) {
        method = request->method;
        Incoming incoming(std::move(*request), stream_, received_, service_.options.limits);
        response = co_await respond(incoming);
        const bool last = verdict_.head.close || service_.stopping || requests_ >= limits::requests_per_connection;
        const bool unread = incoming.body_left() > 0 || incoming.body_error() != BodyError::none;
        close = last || unread || response.close;
    } else {
        response = refusal();
    }
    const auto after = co_await write(std::move(response), method, close);
    co_return after;
}

awaitable<Response> Connection::respond(Incoming& incoming) {
    const auto& request = incoming.request();
    auto match = service_.routes.find(request.method, request.path);
    if (match.path == nullptr) {
        co_return problem(foreign_page(request) ? problems::forbidden : problems::not_found, language_of(request));
    }
    std::optional<Refusal> refused;
    if (match.path->method_override && request.count("x-http-method-override") > 0) {
        const auto method = parse_method(request.header("x-http-method-override").value_or(std::string_view()));
        if (method) {
            incoming.set_method(*method);
            match = service_.routes.find(*method, request.path);
        } else {
            refused = Refusal{problems::not_implemented, "X-HTTP-Method-Override names no method"};
        }
    }
    if (foreign_page(request)) {
        refused = Refusal{problems::forbidden, "request from another site"};
    }
    Response response;
    if (refused) {
        response = problem(refused->problem, language_of(request), refused->detail);
    } else {
        incoming.set_parameters(std::move(match.parameters));
        response = co_await respond_at(match, incoming);
    }
    for (const auto& header : match.path->always) {
        response.with(header.name, header.value);
    }
    co_return response;
}

awaitable<Response> Connection::respond_at(const Routes::Match& match, Incoming& incoming) {
    const auto& request = incoming.request();
    if (match.route == nullptr) {
        auto response = request.method == Method::options ? empty(204) : problem(problems::method_not_allowed, language_of(request));
        response.with("Allow", match.allow);
        co_return response;
    }
    if (incoming.body_left() > match.route->body_bytes_max) {
        co_return problem(problems::too_large, language_of(request));
    }
    auto response = co_await run_handler(*match.route, incoming);
    co_return response;
}

awaitable<Response> Connection::run_handler(const Route& route, Incoming& incoming) {
    std::exception_ptr failure;
    Response response;
    try {
        response = co_await route.handler(incoming);
        if (!is_clean(response)) {
            throw std::logic_error("a header of the answer breaks its line");
        }
    } catch (...) {
        failure = std::current_exception();
    }
    if (failure) {
        log_event("request.failed", {{"method", method_name(route.method)}, {"route", route.pattern}, {"kind", kind_of(failure)}});
        response = problem(problems::internal, language_of(incoming.request()));
        response.close = true;
    }
    co_return response;
}

awaitable<Connection::After> Connection::write(Response response, Method method, bool close) {
    const auto& limits = service_.options.limits;
    AnswerFrame frame;
    frame.portal = service_.options.portal;
    frame.close = close;
    frame.now = SystemClock().now();
    auto head = answer_head(response, frame);
    std::string_view body;
    if (has_body(response, method)) {
        body = !response.body.empty() ? std::string_view(response.body) : response.asset;
        if (head.size() + body.size() <= limits::one_record_bytes) {
            head.append(body);
            body = {};
        }
    }
    auto io = co_await stream_.write_all(head, limits.write_silence);
    if (io == Io::ok && !body.empty()) {
        io = co_await stream_.write_all(body, limits.write_silence);
    }
    const bool streamed = has_body(response, method) && response.body.empty() && response.asset.empty();
    if (io == Io::ok && streamed) {
        io = co_await write_source(response.source);
    }
    if (io != Io::ok) {
        co_return After::gone;
    }
    co_return close ? After::close : After::next;
}

awaitable<Io> Connection::write_source(std::shared_ptr<BodySource> source) {
    std::exception_ptr failure;
    for (std::uint64_t offset = 0; offset < source->size;) {
        const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(limits::source_piece_bytes, source->size - offset));
        auto job = [source, offset, count] { return source->read(offset, count); };
        crypto::Bytes piece;
        try {
            piece = co_await offload(service_.pool, std::move(job));
        } catch (...) {
            failure = std::current_exception();
        }
        if (failure || piece.empty() || piece.size() > count) {
            // The head is out, so the only honest word left is a connection that ends early.
            log_event("answer.cut", {{"offset", offset}, {"kind", failure ? kind_of(failure) : "short"}});
            co_return Io::cut;
        }
        const auto io = co_await stream_.write_all(crypto::as_text(piece), service_.options.limits.write_silence);
        if (io != Io::ok) {
            co_return io;
        }
        offset += piece.size();
    }
    co_return Io::ok;
}

}  // namespace gateway::http
