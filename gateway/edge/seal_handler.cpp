#include "gateway/edge/seal_handler.hpp"

#include "crypto/age/header.hpp"
#include "gateway/edge/age_gate.hpp"
#include "gateway/edge/authentication.hpp"
#include "gateway/edge/file_hash.hpp"
#include "gateway/edge/limits.hpp"
#include "gateway/edge/receiver.hpp"
#include "gateway/edge/wire.hpp"
#include "gateway/log.hpp"

namespace gateway::edge {

namespace asio = boost::asio;
using http::Exchange;
using http::Response;
using storage::edge::AbortReason;
using storage::edge::Seal;
using storage::edge::Upload;
using storage::edge::UploadState;

namespace {

// Whether the whole file is an age file, which only now can be said.
storage::Result<Gate> look_at_file(Services& services, const Upload& upload) {
    const auto reader = services.vault.open_to_read(upload.id.text());
    if (reader.has_error()) {
        return reader.error();
    }
    crypto::Bytes first(static_cast<std::size_t>(std::min<std::uint64_t>(upload.size, crypto::age::header_bytes_max)));
    const auto got = reader->read_at(0, first);
    if (got.has_error()) {
        return got.error();
    }
    return look_at(crypto::ByteView(first).first(*got), upload.size);
}

Answer<void> give_up(Services& services, const Upload& upload, AbortReason reason, const http::Problem& problem) {
    return abort_upload(services, upload.id, reason).has_error() ? http::problems::unavailable : problem;
}

Answer<std::string> receipt_of(Services& services, const Upload& upload) {
    if (!upload.log_index) {
        return http::problems::not_found;
    }
    const auto receipt =
        services.database.read([&](storage::Connection& connection) { return services.log.receipt(connection, *upload.log_index); });
    if (receipt.has_error()) {
        return problem_of(receipt.error());
    }
    return crypto::format_receipt(*receipt);
}

// Before a seal is put down: grant, bytes, manifest, digest. When the grant or the bytes say no, the upload goes.
Answer<void> expect_sealable(Services& services, const Upload& upload, const Seal& seal) {
    const auto checked = services.database.read([&](storage::Connection& connection) {
        return services.uploads.check(connection, upload.id, services.clock.now());
    });
    if (checked.has_error()) {
        if (checked.error() == storage::Errc::refused && abort_upload(services, upload.id, AbortReason::not_permitted).has_error()) {
            return http::problems::unavailable;
        }
        return problem_of(checked.error());
    }
    if (checked->offset != checked->size || !checked->length_known) {
        return http::problems::incomplete;
    }
    if (look_at(seal.manifest, seal.manifest.size()) != Gate::passed) {
        return http::problems::invalid;
    }
    const auto gate = look_at_file(services, *checked);
    if (gate.has_error()) {
        return problem_of(gate.error());
    }
    if (*gate == Gate::not_encrypted) {
        return give_up(services, upload, AbortReason::not_encrypted, http::problems::not_encrypted);
    }
    const auto digest = hash_file(services.vault, *checked);
    if (digest.has_error() && digest.error() != storage::Errc::damaged) {
        return problem_of(digest.error());
    }
    if (*gate != Gate::passed || digest.has_error() || *digest != seal.sha256) {
        return give_up(services, upload, AbortReason::damaged, http::problems::damaged);
    }
    return {};
}

struct SealAnswer {
    int status = 201;
    std::string receipt;
};

// On the pool.
Answer<SealAnswer> seal_upload(Services& services, const Upload& upload, const Seal& seal) {
    if (upload.state == UploadState::aborted) {
        return http::problems::gone;
    }
    if (upload.state == UploadState::receiving) {
        if (const auto sealable = expect_sealable(services, upload, seal); sealable.has_error()) {
            return sealable.error();
        }
    }
    const auto sealed = services.database.commit([&](storage::Connection& connection) {
        return services.uploads.seal(connection, upload.id, seal, services.clock.now());
    });
    if (sealed.has_error()) {
        if (sealed.error() == storage::Errc::refused && abort_upload(services, upload.id, AbortReason::not_permitted).has_error()) {
            return http::problems::unavailable;
        }
        return problem_of(sealed.error());
    }
    if (!sealed->again) {
        log_event("upload.sealed", {{"upload", upload.id.text()}, {"bytes", upload.size}, {"index", sealed->index}});
    }
    auto accepted = upload;
    accepted.log_index = sealed->index;
    auto receipt = receipt_of(services, accepted);
    if (receipt.has_error()) {
        return receipt.error();
    }
    return SealAnswer{sealed->again ? 200 : 201, *std::move(receipt)};
}

asio::awaitable<Response> seal(Services& services, Exchange& exchange) {
    const Answer<Upload> own = co_await find_own(services, exchange);
    if (own.has_error()) {
        co_return refuse(exchange, own.error());
    }
    const auto body = co_await exchange.read_all(limits::seal_body_max);
    if (exchange.body_error() != http::BodyError::none) {
        co_return refuse(exchange, http::problems::bad_request);
    }
    const auto order = parse_seal(body);
    if (order.has_error()) {
        co_return refuse(exchange, order.error(), "manifest, mac and sha256, and nothing else");
    }
    const auto claim = co_await services.active.claim(own->id, exchange);
    if (!claim) {
        co_return refuse(exchange, http::problems::conflict);
    }
    // Read again: what held the upload before may have ended it.
    const Answer<Upload> now = co_await find_own(services, exchange);
    if (now.has_error()) {
        co_return refuse(exchange, now.error());
    }
    auto work = [&services, &now, &order] { return seal_upload(services, *now, *order); };
    Pool& threads = now->size > limits::quick_hash_max ? services.hashing : services.pool;
    const Answer<SealAnswer> sealed = co_await offload(threads, std::move(work));
    if (sealed.has_error()) {
        co_return refuse(exchange, sealed.error());
    }
    co_return http::json(sealed->status, sealed_json(now->id, sealed->receipt));
}

asio::awaitable<Response> receipt(Services& services, Exchange& exchange) {
    const Answer<Upload> own = co_await find_own(services, exchange);
    if (own.has_error()) {
        co_return refuse(exchange, own.error());
    }
    auto work = [&services, &own] { return receipt_of(services, *own); };
    const Answer<std::string> text = co_await offload(services.pool, std::move(work));
    if (text.has_error()) {
        co_return refuse(exchange, text.error());
    }
    co_return http::text(200, *text);
}

}  // namespace

std::vector<http::Route> seal_routes(Services& services) {
    using http::Caller;
    using http::Method;
    auto sealing = [&services](Exchange& exchange) { return seal(services, exchange); };
    auto reading = [&services](Exchange& exchange) { return receipt(services, exchange); };
    return {
        {Method::post, "/api/v1/uploads/{id}/seal", Caller::grant, std::move(sealing), limits::seal_body_max},
        {Method::get, "/api/v1/uploads/{id}/receipt", Caller::grant, std::move(reading), 0},
    };
}

}  // namespace gateway::edge
