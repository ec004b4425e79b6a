#include "gateway/edge/upload_handlers.hpp"

#include "gateway/edge/authentication.hpp"
#include "gateway/edge/limits.hpp"
#include "gateway/edge/receiver.hpp"
#include "gateway/edge/room.hpp"
#include "gateway/edge/tus.hpp"
#include "gateway/edge/wire.hpp"
#include "gateway/log.hpp"

#include <limits>

namespace gateway::edge {

namespace asio = boost::asio;
using http::Exchange;
using http::Response;
using storage::edge::Upload;
using storage::edge::UploadState;

namespace {

// Sizes are held by the posting and by Upload-Length; the route itself has no smaller word to say.
constexpr auto body_any = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());

Response tus_refusal(const Exchange& exchange, const http::Problem& what, std::string_view detail = {}) {
    return tus::answered(refuse(exchange, what, detail));
}

Response version_refusal(const Exchange& exchange) {
    return tus::unsupported(refuse(exchange, http::problems::unsupported_version));
}

// On the pool.
Answer<storage::edge::Uploads::Created> create_upload(Services& services, const crypto::Digest& token_hash, const tus::Creation& creation) {
    const auto grant = find_grant(services, token_hash);
    if (grant.has_error()) {
        return grant.error();
    }
    if (creation.metadata.grant && *creation.metadata.grant != *grant) {
        return http::problems::forbidden;
    }
    if (const auto room = expect_room(services, creation.length); room.has_error()) {
        return room.error();
    }
    const auto id = policies::UploadId::from_random(services.random.bytes<16>());
    // The file first: a row never names a file that is not there. Without its row the file goes at the next start.
    if (const auto made = services.vault.create(id.text()); made.has_error()) {
        return problem_of(made.error());
    }
    const storage::edge::Uploads::New wanted{id, *grant, creation.metadata.item, creation.length, creation.metadata_text};
    auto created = services.database.commit([&](storage::Connection& connection) {
        return services.uploads.create(connection, wanted, services.clock.now());
    });
    if (created.has_error()) {
        if (services.vault.remove(id.text()).has_error()) {
            log_event("upload.litter", {{"upload", id.text()}});
        }
        return created.error() == storage::Errc::not_found ? http::problems::invalid : problem_of(created.error());
    }
    log_event("upload.created", {{"upload", id.text()}, {"bytes", creation.length}});
    for (const auto& displaced : created->displaced) {
        log_event("upload.aborted", {{"upload", displaced.text()}, {"reason", text_of(storage::edge::AbortReason::idle)}});
        if (services.vault.remove(displaced.text()).has_error()) {
            log_event("upload.litter", {{"upload", displaced.text()}});  // the next start removes it
        }
    }
    return *std::move(created);
}

// Reads the body into the upload. The claim is the caller's.
asio::awaitable<Answer<std::uint64_t>>
receive_body(Services& services, Exchange& exchange, const ActiveUploads::Claim& claim, std::shared_ptr<Receiver> receiver) {
    std::vector<std::uint8_t> buffer(static_cast<std::size_t>(std::min<std::uint64_t>(limits::piece_bytes, exchange.body_left())));
    Answer<void> step;
    bool more = !buffer.empty();
    while (more && step.has_value() && !claim.cancelled()) {
        std::size_t filled = 0;
        const auto began = std::chrono::steady_clock::now();
        while (more && filled < buffer.size() && std::chrono::steady_clock::now() - began < limits::check_pause) {
            const auto room = std::span(buffer).subspan(filled);
            const std::size_t got = co_await exchange.read_some(room);
            filled += got;
            more = got != 0;
        }
        const crypto::ByteView piece(buffer.data(), filled);
        auto take = [receiver, piece] { return receiver->take(piece); };
        step = co_await offload(services.pool, std::move(take));
    }
    // Also after a cut body or a full disk: what arrived is kept, so that the client goes on from there.
    auto finish = [receiver] { return receiver->finish(); };
    const Answer<void> finished = co_await offload(services.pool, std::move(finish));
    if (step.has_error()) {
        co_return step.error();
    }
    if (finished.has_error()) {
        co_return finished.error();
    }
    if (claim.cancelled()) {
        co_return http::problems::conflict;
    }
    if (exchange.body_error() != http::BodyError::none) {
        co_return http::problems::timeout;
    }
    Answer<std::uint64_t> offset(boost::system::in_place_value, receiver->offset());
    co_return offset;
}

asio::awaitable<Response> create(Services& services, Exchange& exchange) {
    if (!tus::speaks(exchange.request())) {
        co_return version_refusal(exchange);
    }
    const auto token_hash = token_hash_of(exchange.request());
    const auto creation = tus::parse_creation(exchange.request());
    if (creation.has_error()) {
        // Who may not come in learns nothing about the grammar either.
        auto know = [&services, token_hash] { return find_grant(services, token_hash); };
        const Answer<policies::GrantId> known = co_await offload(services.pool, std::move(know));
        co_return tus_refusal(exchange, known.has_error() ? known.error() : creation.error());
    }
    auto make = [&services, &token_hash, &creation] { return create_upload(services, token_hash, *creation); };
    const Answer<storage::edge::Uploads::Created> made = co_await offload(services.pool, std::move(make));
    if (made.has_error()) {
        co_return tus_refusal(exchange, made.error());
    }
    for (const auto& displaced : made->displaced) {
        services.active.cancel(displaced);
    }
    const auto* created = &made->upload;
    std::uint64_t offset = 0;
    if (exchange.body_left() != 0) {
        const auto claim = co_await services.active.claim(created->id, exchange);
        if (!claim) {
            co_return tus_refusal(exchange, http::problems::conflict);
        }
        const auto receiver = std::make_shared<Receiver>(services, *created);
        const auto body_bytes = exchange.body_left();
        auto begin = [receiver, body_bytes] { return receiver->begin(0, body_bytes); };
        const Answer<void> begun = co_await offload(services.pool, std::move(begin));
        if (begun.has_error()) {
            co_return tus_refusal(exchange, begun.error());
        }
        const Answer<std::uint64_t> received = co_await receive_body(services, exchange, *claim, receiver);
        if (received.has_error()) {
            co_return tus_refusal(exchange, received.error());
        }
        offset = *received;
    }
    auto response = http::empty(201);
    response.with("Location", "/api/v1/uploads/" + created->id.text()).with("Upload-Offset", std::to_string(offset));
    co_return tus::answered(std::move(response));
}

asio::awaitable<Response> head(Services& services, Exchange& exchange) {
    if (!tus::speaks(exchange.request())) {
        co_return version_refusal(exchange);
    }
    const Answer<Upload> own = co_await find_own(services, exchange);
    if (own.has_error()) {
        co_return tus_refusal(exchange, own.error());
    }
    // A client that asks where it is has given up on its older request: what that one brought counts.
    const auto claim = co_await services.active.claim(own->id, exchange);
    if (!claim) {
        co_return tus_refusal(exchange, http::problems::conflict);
    }
    const Answer<Upload> now = co_await find_own(services, exchange);
    if (now.has_error() || now->state == UploadState::aborted) {
        co_return tus_refusal(exchange, http::problems::not_found);
    }
    auto response = http::empty(200);
    response.with("Upload-Offset", std::to_string(now->offset))
        .with("Upload-Length", std::to_string(now->size))
        .with("Upload-Metadata", now->metadata);
    co_return tus::answered(std::move(response));
}

asio::awaitable<Response> patch(Services& services, Exchange& exchange) {
    if (!tus::speaks(exchange.request())) {
        co_return version_refusal(exchange);
    }
    const Answer<Upload> own = co_await find_own(services, exchange);
    if (own.has_error()) {
        co_return tus_refusal(exchange, own.error());
    }
    const auto offset = tus::parse_append(exchange.request());
    if (offset.has_error()) {
        co_return tus_refusal(exchange, offset.error());
    }
    if (own->state == UploadState::aborted) {
        co_return tus_refusal(exchange, http::problems::not_found);
    }
    const auto claim = co_await services.active.claim(own->id, exchange);
    if (!claim) {
        co_return tus_refusal(exchange, http::problems::conflict);
    }
    const auto receiver = std::make_shared<Receiver>(services, *own);
    const auto body_bytes = exchange.body_left();
    auto begin = [receiver, body_bytes, &offset] { return receiver->begin(*offset, body_bytes); };
    const Answer<void> begun = co_await offload(services.pool, std::move(begin));
    if (begun.has_error()) {
        auto refusal = tus_refusal(exchange, begun.error());
        if (begun.error().type == http::problems::offset_mismatch.type) {
            refusal.with("Upload-Offset", std::to_string(receiver->offset()));
        }
        co_return refusal;
    }
    const Answer<std::uint64_t> received = co_await receive_body(services, exchange, *claim, receiver);
    if (received.has_error()) {
        co_return tus_refusal(exchange, received.error());
    }
    auto response = http::empty(204);
    response.with("Upload-Offset", std::to_string(*received));
    co_return tus::answered(std::move(response));
}

asio::awaitable<Response> terminate(Services& services, Exchange& exchange) {
    if (!tus::speaks(exchange.request())) {
        co_return version_refusal(exchange);
    }
    const Answer<Upload> own = co_await find_own(services, exchange);
    if (own.has_error()) {
        co_return tus_refusal(exchange, own.error());
    }
    if (own->state == UploadState::aborted) {
        co_return tus_refusal(exchange, http::problems::not_found);
    }
    const auto claim = co_await services.active.claim(own->id, exchange);
    if (!claim) {
        co_return tus_refusal(exchange, http::problems::conflict);
    }
    const auto id = own->id;
    auto remove = [&services, id] { return abort_upload(services, id, storage::edge::AbortReason::by_uploader); };
    const storage::Result<void> removed = co_await offload(services.pool, std::move(remove));
    if (removed.has_error()) {
        co_return tus_refusal(exchange, problem_of(removed.error()));  // sealed: only core may take it now
    }
    co_return tus::answered(http::empty(204));
}

asio::awaitable<Response> options(Exchange&) {
    co_return tus::options();
}

asio::awaitable<Response> show(Services& services, Exchange& exchange) {
    const Answer<Upload> own = co_await find_own(services, exchange);
    if (own.has_error()) {
        co_return refuse(exchange, own.error());
    }
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
    return {
        {Method::options, all, Caller::anyone, options, 0},
        {Method::options, one, Caller::anyone, options, 0},
        {Method::post, all, Caller::grant, bound(services, create), body_any},
        {Method::head, one, Caller::grant, bound(services, head), 0},
        {Method::get, one, Caller::grant, bound(services, show), 0},
        {Method::patch, one, Caller::grant, bound(services, patch), body_any},
        {Method::delete_, one, Caller::grant, bound(services, terminate), 0},
    };
}

}  // namespace gateway::edge
