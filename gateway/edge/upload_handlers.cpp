#include "gateway/edge/upload_handlers.hpp"

#include "gateway/edge/authentication.hpp"
#include "gateway/edge/creation.hpp"
#include "gateway/edge/file_hash.hpp"
#include "gateway/edge/protocol/resumable.hpp"
#include "gateway/edge/protocol/speech.hpp"
#include "gateway/edge/protocol/tus.hpp"
#include "gateway/edge/receiver.hpp"
#include "gateway/edge/reception.hpp"
#include "gateway/edge/test_readback.hpp"
#include "gateway/edge/wire.hpp"
#include "gateway/log.hpp"

#include <limits>

namespace gateway::edge {

namespace asio = boost::asio;
namespace resumable = protocol::resumable;
using http::Exchange;
using http::Response;
using protocol::How;
using protocol::Said;
using protocol::Speech;
using storage::edge::Upload;
using storage::edge::UploadState;

namespace {

// Sizes are held by the posting and by Upload-Length; the route itself has no smaller word to say.
constexpr auto body_any = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());

// A request's protocol, for the answer; when it says none, the upload's own.
std::optional<Speech> speech_for(const protocol::Heard& heard, const Upload& upload) noexcept {
    if (heard.said == Said::nothing && upload.protocol == storage::edge::Protocol::resumable) {
        return Speech{upload.protocol, {}};
    }
    return heard.said == Said::nothing || heard.said == Said::unsupported ? std::nullopt : std::optional(heard.speech);
}

// The first request of an upload, whichever protocol it speaks.
Answer<resumable::First> parse_first(const protocol::Heard& heard, const http::Request& request) {
    if (heard.said == Said::resumable) {
        return resumable::parse_creation(request);
    }
    auto creation = protocol::tus::parse_creation(request);
    auto checksum = protocol::tus::parse_checksum(request);
    if (creation.has_error() || checksum.has_error()) {
        return creation.has_error() ? creation.error() : checksum.error();
    }
    const auto body_bytes = request.content_length.value_or(0);
    return resumable::First{*std::move(creation), protocol::first_append(How::tus, body_bytes, false, *std::move(checksum))};
}

// A creation that brings no bytes and ends nothing has nothing to receive.
bool brings_something(const protocol::Append& body) noexcept {
    return body.body_bytes != 0 || body.completes;
}

asio::awaitable<Response> create(Services& services, Exchange& exchange) {
    const auto heard = protocol::listen(exchange.request());
    if (heard.said != Said::tus && heard.said != Said::resumable) {
        co_return protocol::unsupported(exchange);
    }
    const auto credentials = credentials_of(services, exchange.request());
    const auto first = parse_first(heard, exchange.request());
    if (first.has_error()) {
        // Who may not come in learns nothing about the grammar either.
        auto know = [&services, &credentials] { return find_grant(services, credentials); };
        const Answer<policies::GrantId> known = co_await offload(services.pool, std::move(know));
        co_return refuse(exchange, known.has_error() ? known.error() : first.error());
    }
    const NewUpload wanted{credentials, heard.speech.protocol, *first};
    Piece beginning;
    if (may_come_whole(*first) && !heard.speech.interop) {
        auto gate = [&services, &wanted] { return expect_wanted(services, wanted); };
        const Answer<void> allowed = co_await offload(services.pool, std::move(gate));
        if (allowed.has_error()) {
            co_return refuse(exchange, allowed.error());
        }
        beginning = co_await read_promptly(exchange);
    }
    const bool whole = beginning.size != 0 && exchange.body_left() == 0;
    auto make = [&services, &wanted, &beginning, whole] {
        return whole ? create_whole(services, wanted, {beginning.bytes.get(), beginning.size}) : create_upload(services, wanted);
    };
    const Answer<storage::edge::Uploads::Created> made = co_await offload(services.pool, std::move(make));
    if (made.has_error()) {
        co_return refuse(exchange, made.error());
    }
    for (const auto& displaced : made->displaced) {
        services.active.cancel(displaced);
    }
    if (whole || !brings_something(first->body)) {
        co_return protocol::created(heard.speech, made->upload, services.clock.now());
    }
    if (heard.speech.interop) {
        const auto interop = *heard.speech.interop;
        auto here = resumable::here_it_is(made->upload, protocol::location_of(made->upload.id), interop, services.clock.now());
        co_await exchange.send_interim(std::move(here));
    }
    Delivery delivery{made->upload, first->body, heard.speech.interop, std::move(beginning)};
    const Reception received = co_await receive(services, exchange, std::move(delivery));
    if (received.problem) {
        co_return protocol::refused(exchange, *received.problem, &received.upload);
    }
    auto response = protocol::created(heard.speech, received.upload, services.clock.now());
    co_await tell_digest(services, exchange, received.upload, response);
    co_return response;
}

asio::awaitable<Response> head(Services& services, Exchange& exchange) {
    const auto heard = protocol::listen(exchange.request());
    if (heard.said == Said::unsupported) {
        co_return protocol::unsupported(exchange);
    }
    const Answer<Upload> own = co_await find_own(services, exchange);
    if (own.has_error()) {
        co_return refuse(exchange, own.error());
    }
    const auto speech = speech_for(heard, *own);
    if (!speech) {
        co_return protocol::unsupported(exchange);
    }
    // A client that asks where it is has given up on its older request: what that one brought counts.
    const auto claim = co_await services.active.claim(own->id, exchange);
    if (!claim) {
        co_return refuse(exchange, http::problems::conflict);
    }
    const Answer<Upload> now = co_await find_own(services, exchange);
    if (now.has_error() || now->state == UploadState::aborted) {
        co_return refuse(exchange, now.has_error() ? now.error() : http::problems::gone);
    }
    co_return protocol::state(*speech, *now, services.clock.now());
}

asio::awaitable<Response> patch(Services& services, Exchange& exchange) {
    const auto heard = protocol::listen(exchange.request());
    if (heard.said != Said::tus && heard.said != Said::resumable) {
        co_return protocol::unsupported(exchange);
    }
    const Answer<Upload> own = co_await find_own(services, exchange);
    if (own.has_error()) {
        co_return refuse(exchange, own.error());
    }
    if (own->state == UploadState::aborted) {
        co_return refuse(exchange, http::problems::gone);
    }
    const bool is_tus = heard.said == Said::tus;
    const auto append = is_tus ? protocol::tus::parse_append(exchange.request()) : resumable::parse_append(exchange.request());
    if (append.has_error()) {
        co_return refuse(exchange, append.error());
    }
    Delivery delivery{*own, *append, heard.speech.interop, {}};
    const Reception received = co_await receive(services, exchange, std::move(delivery));
    if (received.problem) {
        co_return protocol::refused(exchange, *received.problem, &received.upload);
    }
    auto response = protocol::appended(heard.speech, received.upload, services.clock.now());
    co_await tell_digest(services, exchange, received.upload, response);
    co_return response;
}

// The simplest client: the whole content at once, with its digest. Nothing of it counts until all of it fits, so it can be said again.
asio::awaitable<Response> put_content(Services& services, Exchange& exchange) {
    const Answer<Upload> own = co_await find_own(services, exchange);
    if (own.has_error()) {
        co_return refuse(exchange, own.error());
    }
    if (own->state == UploadState::aborted) {
        co_return refuse(exchange, http::problems::gone);
    }
    auto content = resumable::parse_content_digest(exchange.request());
    if (content.has_error() || content->empty()) {
        co_return refuse(exchange, http::problems::bad_request, "Content-Digest with sha-256 or sha-512");
    }
    if (own->complete) {
        // Its answer was lost, perhaps.
        auto compare = [&services, &own, &content] { return expect_digests(services.vault, own->id, *content); };
        const storage::Result<void> fits = co_await offload(services.hashing, std::move(compare));
        const bool same = fits.has_value() && exchange.body_left() == own->size;
        co_return same ? http::empty(204) : refuse(exchange, http::problems::completed_upload);
    }
    const auto append = protocol::first_append(How::whole, exchange.body_left(), true, *std::move(content));
    Delivery delivery{*own, append, {}, {}};
    const Reception received = co_await receive(services, exchange, std::move(delivery));
    co_return received.problem ? protocol::refused(exchange, *received.problem, &received.upload) : http::empty(204);
}

asio::awaitable<Response> terminate(Services& services, Exchange& exchange) {
    const auto heard = protocol::listen(exchange.request());
    if (heard.said == Said::unsupported) {
        co_return protocol::unsupported(exchange);
    }
    const Answer<Upload> own = co_await find_own(services, exchange);
    if (own.has_error()) {
        co_return refuse(exchange, own.error());
    }
    if (!speech_for(heard, *own)) {
        co_return protocol::unsupported(exchange);
    }
    if (own->state == UploadState::aborted) {
        co_return refuse(exchange, http::problems::gone);
    }
    const auto claim = co_await services.active.claim(own->id, exchange);
    if (!claim) {
        co_return refuse(exchange, http::problems::conflict);
    }
    const auto id = own->id;
    auto remove = [&services, id] { return abort_upload(services, id, storage::edge::AbortReason::by_uploader); };
    const storage::Result<void> removed = co_await offload(services.pool, std::move(remove));
    if (removed.has_error()) {
        co_return refuse(exchange, problem_of(removed.error()));  // sealed: only core may take it now
    }
    co_return http::empty(204);
}

asio::awaitable<Response> options(Exchange&) {
    co_return protocol::options();
}

asio::awaitable<Response> show(Services& services, Exchange& exchange) {
    const Answer<Upload> own = co_await find_own(services, exchange);
    if (own.has_error()) {
        co_return refuse(exchange, own.error());
    }
#ifdef SLUIS_TEST_READBACK
    if (readback::is_wanted(exchange.request())) {
        co_return readback::bytes_of(services, *own);
    }
#endif
    co_return http::json(200, upload_json(*own));
}

http::Handler bound(Services& services, asio::awaitable<Response> (*handler)(Services&, Exchange&)) {
    return [&services, handler](Exchange& exchange) { return handler(services, exchange); };
}

}  // namespace

std::vector<http::Route> upload_routes(Services& services) {
    using http::Caller;
    using http::Method;
    const std::string all = "/api/v1/uploads";
    const std::string one = "/api/v1/uploads/{id}";
    std::vector<http::Route> routes{
        {Method::options, all, Caller::anyone, options, 0},
        {Method::options, one, Caller::anyone, options, 0},
        {Method::post, all, Caller::grant, bound(services, create), body_any},
        {Method::head, one, Caller::grant, bound(services, head), 0},
        {Method::get, one, Caller::grant, bound(services, show), 0},
        {Method::patch, one, Caller::grant, bound(services, patch), body_any},
        {Method::delete_, one, Caller::grant, bound(services, terminate), 0},
    };
    for (auto& route : routes) {
        route.method_override = true;
        route.always = {{"Tus-Resumable", std::string(protocol::tus::version)}};
    }
    routes.push_back({Method::put, one + "/content", Caller::grant, bound(services, put_content), body_any});
    return routes;
}

}  // namespace gateway::edge
