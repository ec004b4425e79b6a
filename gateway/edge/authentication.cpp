#include "gateway/edge/authentication.hpp"

#include "crypto/encoding.hpp"
#include "gateway/edge/protocol/tus.hpp"
#include "gateway/log.hpp"

#include <algorithm>

namespace gateway::edge {
namespace {

using oauth::Fault;
using storage::edge::Postings;
using Grants = std::vector<Postings::Spoken>;

crypto::Digest token_hash_of(const http::Request& request) {
    const auto bearer = request.bearer();
    if (!bearer) {
        return {};  // nobody knows bytes whose SHA-256 is zero
    }
    const auto token = crypto::from_base64url(*bearer);
    return token.has_value() && token->size() == 32 ? crypto::sha256(*token) : crypto::Digest{};
}

std::optional<std::string> grant_meant_by(const http::Request& request) {
    if (request.count("sluis-grant") != 0) {
        return std::string(request.header("sluis-grant").value_or(""));  // there twice it means none of ours
    }
    const auto text = request.header("upload-metadata");
    const auto metadata = text ? protocol::tus::parse_metadata(*text) : std::nullopt;
    return metadata && metadata->grant ? std::optional(metadata->grant->text()) : std::nullopt;
}

// A client whose token is good, or a certificate that was vouched for, is somebody's: its operator has a use for the reason. The client
// by digest, since a log holds no names.
void log_refusal(Fault fault, const crypto::Digest& who) {
    log_event("machine.refused", {{"reason", oauth::text_of(fault)}, {"machine", who.hex()}});
}

http::Problem answer_to(Fault fault) noexcept {
    return fault == Fault::full ? http::problems::too_many : http::problems::unauthorized;
}

struct Machine {
    Postings::MachineKind kind = Postings::MachineKind::client;
    crypto::Digest digest;
};

oauth::Outcome<Machine> know_client(Services& services, const Credentials& credentials, storage::Connection& connection) {
    const auto now = services.clock.now();
    const auto claimed = oauth::claimed_issuer(credentials.machine->token);
    const auto issuer = claimed ? services.issuers.find(connection, *claimed) : std::nullopt;
    if (!issuer) {
        return Fault::issuer;
    }
    const auto bearer = oauth::verify_bearer(*credentials.machine, *issuer, now);
    if (bearer.has_error()) {
        return bearer.error();
    }
    const Machine machine{Postings::MachineKind::client, storage::digest_of(bearer->token.client)};
    if (bearer->proof) {
        const auto seen = services.proofs->use(*bearer->proof, credentials.request, now);
        if (seen != oauth::Replays::Seen::never) {
            const auto fault = seen == oauth::Replays::Seen::before ? Fault::replay : Fault::full;
            log_refusal(fault, machine.digest);
            return fault;
        }
    }
    return machine;
}

oauth::Outcome<Machine> know_machine(Services& services, const Credentials& credentials, storage::Connection& connection) {
    if (credentials.machine->scheme != oauth::Shown::Scheme::none) {
        return know_client(services, credentials, connection);
    }
    const auto certificate = oauth::verify_certificate(*credentials.machine);
    if (certificate.has_error()) {
        return certificate.error();
    }
    return Machine{Postings::MachineKind::certificate, *certificate};
}

// At least one: those the request may be for, the one it names alone.
oauth::Outcome<Grants> grants_of_machine(Services& services, const Credentials& credentials, storage::Connection& connection) {
    const auto machine = know_machine(services, credentials, connection);
    if (machine.has_error()) {
        return machine.error();
    }
    auto grants = services.postings.find_by_machine(connection, machine->kind, machine->digest, services.clock.now());
    if (credentials.grant) {
        std::erase_if(grants, [&](const Postings::Spoken& one) { return one.grant.text() != *credentials.grant; });
    }
    if (grants.empty()) {
        log_refusal(Fault::unknown, machine->digest);
        return Fault::unknown;
    }
    return grants;
}

Answer<Grants> find_grants(Services& services, const Credentials& credentials) {
    using Found = Answer<Grants>;
    const auto found = services.database.read([&](storage::Connection& connection) -> storage::Result<Found> {
        if (credentials.machine) {
            auto grants = grants_of_machine(services, credentials, connection);
            return grants.has_value() ? Found(*std::move(grants)) : Found(answer_to(grants.error()));
        }
        auto grant = services.postings.find_by_token(connection, credentials.token_hash);
        return grant ? Found(Grants{{*std::move(grant), true}}) : Found(http::problems::unauthorized);
    });
    return found.has_error() ? Found(problem_of(found.error())) : *found;
}

boost::asio::awaitable<http::Response> challenged(const http::Handler& handler, http::Exchange& exchange) {
    auto response = co_await handler(exchange);
    if (response.status == http::problems::unauthorized.status) {
        const bool tried = exchange.request().count("authorization") != 0;
        const auto is_challenge = [](const http::Header& header) { return header.name == "WWW-Authenticate"; };
        std::erase_if(response.headers, is_challenge);
        const std::string algorithms = "DPoP algs=\"ES256 PS256 EdDSA RS256\"";
        response.with("WWW-Authenticate", tried ? algorithms + ", error=\"invalid_token\"" : algorithms);
    }
    co_return response;
}

}  // namespace

Credentials credentials_of(const Services& services, const http::Request& request) {
    Credentials credentials;
    credentials.request = request.serial;
    if (services.proofs != nullptr) {
        credentials.machine = oauth::shown_by(request);
        credentials.grant = grant_meant_by(request);
    } else {
        credentials.token_hash = token_hash_of(request);
    }
    return credentials;
}

Answer<policies::GrantId> find_grant(Services& services, const Credentials& credentials) {
    auto grants = find_grants(services, credentials);
    if (grants.has_error()) {
        return grants.error();
    }
    if (grants->size() > 1) {
        std::erase_if(*grants, [](const Postings::Spoken& one) { return !one.open; });  // what is over needs no telling apart
    }
    return grants->size() == 1 ? Answer<policies::GrantId>(grants->front().grant) : http::problems::bad_request;
}

Answer<storage::edge::Upload> find_own_upload(Services& services, const Credentials& credentials, const std::string& id) {
    const auto grants = find_grants(services, credentials);
    if (grants.has_error()) {
        return grants.error();
    }
    const auto upload_id = policies::UploadId::parse(id);
    if (!upload_id) {
        return http::problems::not_found;
    }
    auto upload = services.database.read([&](storage::Connection& connection) -> storage::Result<storage::edge::Upload> {
        auto found = services.uploads.find(connection, *upload_id);
        const auto is_its = [&found](const Postings::Spoken& one) { return one.grant == found->grant; };
        const bool own = found && std::ranges::any_of(*grants, is_its);
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
    const auto credentials = credentials_of(services, exchange.request());
    const auto id = exchange.parameter("id");
    auto find = [&services, &credentials, &id] { return find_own_upload(services, credentials, id); };
    auto found = co_await offload(services.pool, std::move(find));
    co_return found;
}

std::vector<http::Route> with_challenge(std::vector<http::Route> routes) {
    for (auto& route : routes) {
        // Not itself a coroutine: the handler it refers to lives as long as the route.
        route.handler = [handler = std::move(route.handler)](http::Exchange& exchange) { return challenged(handler, exchange); };
    }
    return routes;
}

bool is_core(const Services& services, const http::Request& request) noexcept {
    return crypto::equal_in_constant_time(crypto::as_bytes(services.core_certificate), crypto::as_bytes(request.client_certificate));
}

namespace {

boost::asio::awaitable<http::Response> not_core(http::Exchange& exchange) {
    co_return refuse(exchange, http::problems::forbidden);
}

}  // namespace

http::Handler for_core(Services& services, boost::asio::awaitable<http::Response> (*handler)(Services&, http::Exchange&)) {
    return [&services, handler](http::Exchange& exchange) {
        return is_core(services, exchange.request()) ? handler(services, exchange) : not_core(exchange);
    };
}

}  // namespace gateway::edge
