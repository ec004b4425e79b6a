#include "gateway/edge/inner_handlers.hpp"

#include "gateway/edge/authentication.hpp"
#include "gateway/edge/limits.hpp"
#include "gateway/edge/protocol/tus.hpp"
#include "gateway/edge/wire.hpp"
#include "gateway/log.hpp"

#include <stdexcept>

namespace gateway::edge {

namespace asio = boost::asio;
using http::Exchange;
using http::Response;
using storage::Connection;
using storage::edge::Upload;
using storage::edge::UploadState;

namespace {

Answer<std::string> read_status(Services& services) {
    auto text = services.database.read([&](Connection& connection) -> storage::Result<std::string> {
        Status status{
            services.log.origin(),
            services.log.verifier().vkey(),
            {},
            services.postings.count(connection),
            services.uploads.count_sealed(connection)
        };
        const auto checkpoint = services.log.checkpoint(connection);
        status.checkpoint = checkpoint.has_value() ? *checkpoint : std::string();  // a log without entries has none
        return status_json(status);
    });
    return text.has_error() ? Answer<std::string>(problem_of(text.error())) : Answer<std::string>(*std::move(text));
}

asio::awaitable<Response> status(Services& services, Exchange& exchange) {
    auto work = [&services] { return read_status(services); };
    const Answer<std::string> text = co_await offload(services.pool, std::move(work));
    if (text.has_error()) {
        co_return refuse(exchange, text.error());
    }
    co_return http::json(200, *text);
}

Answer<std::string> read_log(Services& services, std::uint64_t from) {
    auto text = services.database.read([&](Connection& connection) -> storage::Result<std::string> {
        const auto checkpoint = services.log.checkpoint_up_to(connection, from + limits::log_entries_per_checkpoint);
        const auto entries = services.log.entries(connection, from, limits::log_entries_per_answer);
        return log_json(checkpoint.has_value() ? *checkpoint : std::string(), entries);
    });
    return text.has_error() ? Answer<std::string>(problem_of(text.error())) : Answer<std::string>(*std::move(text));
}

asio::awaitable<Response> log_entries(Services& services, Exchange& exchange) {
    const auto from = protocol::tus::parse_integer(exchange.request().query_value("from").value_or("0"));
    if (!from) {
        co_return refuse(exchange, http::problems::bad_request, "from: an index");
    }
    auto work = [&services, &from] { return read_log(services, *from); };
    const Answer<std::string> text = co_await offload(services.pool, std::move(work));
    if (text.has_error()) {
        co_return refuse(exchange, text.error());
    }
    co_return http::json(200, *text);
}

asio::awaitable<Response> put_posting(Services& services, Exchange& exchange) {
    const auto body = co_await exchange.read_all(limits::posting_body_max);
    const auto posting = parse_posting(body);
    if (exchange.body_error() != http::BodyError::none || posting.has_error() || posting->grant.text() != exchange.parameter("grant")) {
        co_return refuse(exchange, http::problems::invalid, "posting");
    }
    auto work = [&services, &posting] {
        return services.database.commit([&](Connection& connection) {
            return services.postings.put(connection, *posting, services.clock.now());
        });
    };
    const storage::Result<storage::edge::Postings::Change> change = co_await offload(services.pool, std::move(work));
    if (change.has_error()) {
        co_return refuse(exchange, problem_of(change.error()));
    }
    // The rows say aborted already; whoever still sends bytes is stopped, and the files go.
    for (const auto& id : change->aborted) {
        services.active.cancel(id);
    }
    auto remove = [&services, &change] {
        for (const auto& id : change->aborted) {
            if (services.vault.remove(id.text()).has_error()) {
                log_event("upload.litter", {{"upload", id.text()}});  // the next start removes it
            }
        }
        return change->aborted.size();
    };
    const std::size_t removed = co_await offload(services.pool, std::move(remove));
    if (change->changed) {
        log_event(
            "posting.published",
            {{"grant", posting->grant.text()},
             {"version", posting->version},
             {"state", storage::edge::text_of(posting->state)},
             {"aborted", std::uint64_t{removed}}}
        );
    }
    co_return http::empty(204);
}

asio::awaitable<Response> put_issuers(Services& services, Exchange& exchange) {
    const auto body = co_await exchange.read_all(limits::issuers_body_max);
    const auto issuers = parse_issuers(body);
    if (exchange.body_error() != http::BodyError::none || issuers.has_error()) {
        co_return refuse(exchange, http::problems::invalid, "issuers");
    }
    auto work = [&services, &issuers, &body] {
        return services.database.commit([&](Connection& connection) -> storage::Result<bool> {
            return services.issuers.replace(connection, *issuers, crypto::sha256(crypto::as_bytes(body)), services.clock.now());
        });
    };
    const storage::Result<bool> changed = co_await offload(services.pool, std::move(work));
    if (changed.has_error()) {
        co_return refuse(exchange, problem_of(changed.error()));
    }
    if (*changed) {
        log_event("issuers.published", {{"issuers", std::uint64_t{issuers->size()}}});
    }
    co_return http::empty(204);
}

Answer<std::string> read_upload(Services& services, const std::string& id_text) {
    const auto id = policies::UploadId::parse(id_text);
    if (!id) {
        return http::problems::not_found;
    }
    auto text = services.database.read([&](Connection& connection) -> storage::Result<std::string> {
        const auto upload = services.uploads.find(connection, *id);
        const auto seal = services.uploads.seal_of(connection, *id);
        if (!upload || !seal) {
            return storage::Errc::not_found;
        }
        return sealed_upload_json(*upload, *seal);
    });
    return text.has_error() ? Answer<std::string>(problem_of(text.error())) : Answer<std::string>(*std::move(text));
}

asio::awaitable<Response> show_upload(Services& services, Exchange& exchange) {
    const auto id = exchange.parameter("id");
    auto work = [&services, &id] { return read_upload(services, id); };
    const Answer<std::string> text = co_await offload(services.pool, std::move(work));
    if (text.has_error()) {
        co_return refuse(exchange, text.error());
    }
    co_return http::json(200, *text);
}

Answer<std::shared_ptr<http::BodySource>> open_content(Services& services, const std::string& id_text) {
    const auto id = policies::UploadId::parse(id_text);
    if (!id) {
        return http::problems::not_found;
    }
    const auto sealed = services.database.read([&](Connection& connection) -> storage::Result<Upload> {
        auto upload = services.uploads.find(connection, *id);
        const bool there = upload && upload->state == UploadState::sealed;
        return there ? storage::Result<Upload>(*std::move(upload)) : storage::Errc::not_found;
    });
    if (sealed.has_error()) {
        return problem_of(sealed.error());
    }
    auto opened = services.vault.open_to_read(id->text());
    if (opened.has_error()) {
        return problem_of(opened.error());
    }
    if (opened->size() < sealed->size) {  // the disk lost what it had confirmed: core is to ask the uploader again
        log_event("upload.damaged", {{"upload", id->text()}, {"offset", sealed->size}});
        return http::problems::not_found;
    }
    const auto reader = std::make_shared<storage::Vault::Reader>(*std::move(opened));
    auto source = std::make_shared<http::BodySource>();
    source->size = sealed->size;
    source->read = [reader](std::uint64_t offset, std::size_t count_max) {
        crypto::Bytes bytes(count_max);
        const auto got = reader->read_at(offset, bytes);
        if (got.has_error() || *got == 0) {
            throw std::runtime_error("a sealed file cannot be read to its end");
        }
        bytes.resize(*got);
        return bytes;
    };
    return source;
}

asio::awaitable<Response> content(Services& services, Exchange& exchange) {
    const auto id = exchange.parameter("id");
    auto work = [&services, &id] { return open_content(services, id); };
    const Answer<std::shared_ptr<http::BodySource>> source = co_await offload(services.pool, std::move(work));
    if (source.has_error()) {
        co_return refuse(exchange, source.error());
    }
    auto response = http::empty(200);
    response.with("Content-Type", "application/octet-stream");
    response.source = *source;
    co_return response;
}

Answer<void> take_outcome(Services& services, const std::string& id_text, const OutcomeOrder& order) {
    const auto id = policies::UploadId::parse(id_text);
    if (!id) {
        return http::problems::not_found;
    }
    const auto taken = services.database.commit([&](Connection& connection) {
        return services.uploads.publish_outcome(connection, *id, order.outcome, order.ciphertext, order.place, services.clock.now());
    });
    if (taken.has_error()) {
        return problem_of(taken.error());
    }
    if (*taken && services.vault.remove(id->text()).has_error()) {
        return http::problems::unavailable;  // core asks again
    }
    return {};
}

asio::awaitable<Response> put_outcome(Services& services, Exchange& exchange) {
    const auto id = exchange.parameter("id");
    const auto body = co_await exchange.read_all(limits::outcome_body_max);
    const auto order = parse_outcome(body);
    if (exchange.body_error() != http::BodyError::none || order.has_error()) {
        co_return refuse(exchange, http::problems::invalid, "outcome");
    }
    auto work = [&services, &id, &order] { return take_outcome(services, id, *order); };
    const Answer<void> done = co_await offload(services.pool, std::move(work));
    if (done.has_error()) {
        co_return refuse(exchange, done.error());
    }
    co_return http::empty(204);
}

}  // namespace

std::vector<http::Route> inner_routes(Services& services) {
    using http::Caller;
    using http::Method;
    const std::string upload = "/inner/v1/uploads/{id}";
    return {
        {Method::get, "/inner/v1/status", Caller::core, for_core(services, status), 0},
        {Method::get, "/inner/v1/log", Caller::core, for_core(services, log_entries), 0},
        {Method::put, "/inner/v1/postings/{grant}", Caller::core, for_core(services, put_posting), limits::posting_body_max},
        {Method::put, "/inner/v1/issuers", Caller::core, for_core(services, put_issuers), limits::issuers_body_max},
        {Method::get, upload, Caller::core, for_core(services, show_upload), 0},
        {Method::get, upload + "/content", Caller::core, for_core(services, content), 0},
        {Method::put, upload + "/outcome", Caller::core, for_core(services, put_outcome), limits::outcome_body_max},
    };
}

}  // namespace gateway::edge
