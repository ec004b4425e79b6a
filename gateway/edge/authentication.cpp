#include "gateway/edge/authentication.hpp"

#include "crypto/encoding.hpp"

namespace gateway::edge {

crypto::Digest token_hash_of(const http::Request& request) {
    const auto bearer = request.bearer();
    if (!bearer) {
        return {};  // nobody knows bytes whose SHA-256 is zero
    }
    const auto token = crypto::from_base64url(*bearer);
    return token.has_value() && token->size() == 32 ? crypto::sha256(*token) : crypto::Digest{};
}

Answer<policies::GrantId> find_grant(Services& services, const crypto::Digest& token_hash) {
    const auto grant = services.database.read([&](storage::Connection& connection) -> storage::Result<policies::GrantId> {
        auto found = services.postings.find_by_token(connection, token_hash);
        return found ? storage::Result<policies::GrantId>(*std::move(found)) : storage::Errc::not_found;
    });
    if (grant.has_error()) {
        return grant.error() == storage::Errc::not_found ? http::problems::unauthorized : problem_of(grant.error());
    }
    return *grant;
}

Answer<storage::edge::Upload> find_own_upload(Services& services, const crypto::Digest& token_hash, const std::string& id) {
    const auto grant = find_grant(services, token_hash);
    if (grant.has_error()) {
        return grant.error();
    }
    const auto upload_id = policies::UploadId::parse(id);
    if (!upload_id) {
        return http::problems::not_found;
    }
    auto upload = services.database.read([&](storage::Connection& connection) -> storage::Result<storage::edge::Upload> {
        auto found = services.uploads.find(connection, *upload_id);
        const bool own = found && found->grant == *grant;
        return own ? storage::Result<storage::edge::Upload>(*std::move(found)) : storage::Errc::not_found;
    });
    if (upload.has_error()) {
        return problem_of(upload.error());
    }
    // The sweep comes round in a while; for the uploader it is over now.
    if (upload->state == storage::edge::UploadState::receiving && services.clock.now() >= expiry_of(*upload)) {
        upload->state = storage::edge::UploadState::aborted;
    }
    return *std::move(upload);
}

boost::asio::awaitable<Answer<storage::edge::Upload>> find_own(Services& services, http::Exchange& exchange) {
    const auto token_hash = token_hash_of(exchange.request());
    const auto id = exchange.parameter("id");
    auto find = [&services, token_hash, id] { return find_own_upload(services, token_hash, id); };
    auto found = co_await offload(services.pool, std::move(find));
    co_return found;
}

bool is_core(const Services& services, const http::Request& request) noexcept {
    return crypto::equal_in_constant_time(crypto::as_bytes(services.core_certificate), crypto::as_bytes(request.client_certificate));
}

}  // namespace gateway::edge
