#include "gateway/edge/release_handlers.hpp"

#include "gateway/edge/authentication.hpp"
#include "gateway/edge/limits.hpp"
#include "gateway/edge/protocol/byte_range.hpp"
#include "gateway/edge/wire.hpp"
#include "gateway/log.hpp"

#include <stdexcept>

namespace gateway::edge {

namespace asio = boost::asio;
using http::Exchange;
using http::Response;
using protocol::Selection;
using storage::Connection;
using storage::edge::Release;

namespace {

Answer<std::string> own_releases(Services& services, const Credentials& credentials) {
    const auto grant = find_grant(services, credentials);
    if (grant.has_error()) {
        return grant.error();
    }
    auto text = services.database.read([&](Connection& connection) -> storage::Result<std::string> {
        return releases_json(services.releases.list_for(connection, *grant, services.clock.now()));
    });
    if (text.has_error()) {
        return problem_of(text.error());
    }
    return *std::move(text);
}

asio::awaitable<Response> list(Services& services, Exchange& exchange) {
    const auto credentials = credentials_of(services, exchange.request());
    auto work = [&services, &credentials] { return own_releases(services, credentials); };
    const Answer<std::string> releases = co_await offload(services.pool, std::move(work));
    if (releases.has_error()) {
        co_return refuse(exchange, releases.error());
    }
    co_return http::json(200, *releases);
}

bool may_still(Services& services, const Release& release) {
    const auto still = services.database.read([&](Connection& connection) -> storage::Result<bool> {
        return services.releases.find_for(connection, release.id, release.grant, services.clock.now()).has_value();
    });
    return still.has_value() && *still;
}

// The selected bytes. A release that ends while it is being read ends the download too: the connection breaks off.
class Download {
public:
    Download(Services& services, Release release, storage::Vault::Reader file, std::uint64_t first)
        : services_(services), release_(std::move(release)), file_(std::move(file)), first_(first) {}

    crypto::Bytes read(std::uint64_t offset, std::size_t count_max) {
        const auto now = std::chrono::steady_clock::now();
        if (now - asked_at_ >= limits::release_check_pause) {
            asked_at_ = now;
            if (!may_still(services_, release_)) {
                throw std::runtime_error("the release has ended");
            }
        }
        crypto::Bytes bytes(count_max);
        const auto got = file_.read_at(first_ + offset, bytes);
        if (got.has_error() || *got == 0) {
            throw std::runtime_error("a release cannot be read to its end");
        }
        bytes.resize(*got);
        return bytes;
    }

private:
    Services& services_;
    Release release_;
    storage::Vault::Reader file_;
    std::uint64_t first_;
    std::chrono::steady_clock::time_point asked_at_ = std::chrono::steady_clock::now();
};

struct Fetch {
    Credentials credentials;
    std::string id;
    protocol::Wanted wanted;  // refers to the request
    bool reads = true;        // false: HEAD
};

struct Found {
    Release release;
    Selection selection;
    std::shared_ptr<http::BodySource> source;  // of a whole or a part
};

Answer<Release> find_release(Services& services, const Fetch& fetch) {
    const auto grant = find_grant(services, fetch.credentials);
    if (grant.has_error()) {
        return grant.error();
    }
    const auto id = policies::ReleaseId::parse(fetch.id);
    if (!id) {
        return http::problems::not_found;
    }
    auto release = services.database.read([&](Connection& connection) -> storage::Result<Release> {
        auto found = services.releases.find_for(connection, *id, *grant, services.clock.now());
        return found ? storage::Result<Release>(*std::move(found)) : storage::Errc::not_found;
    });
    return release.has_error() ? Answer<Release>(problem_of(release.error())) : Answer<Release>(*std::move(release));
}

// The log has it that this reader fetched it, before the first byte leaves.
Answer<void> note_reading(Services& services, const Release& release, const Selection& selection) {
    log_event(
        "release.fetched",
        {{"release", release.id.text()}, {"grant", release.grant.text()}, {"first", selection.first}, {"bytes", selection.length}}
    );
    if (release.read) {
        return {};
    }
    const auto noted = services.database.commit([&](Connection& connection) -> storage::Result<void> {
        services.releases.first_read(connection, release.id, services.clock.now());
        return {};
    });
    return noted.has_error() ? Answer<void>(problem_of(noted.error())) : Answer<void>();
}

std::string etag_of(const Release& release) {
    return '"' + release.sha256.hex() + '"';
}

Answer<Found> fetch_release(Services& services, const Fetch& fetch) {
    auto release = find_release(services, fetch);
    if (release.has_error()) {
        return release.error();
    }
    const auto etag = etag_of(*release);
    const auto selection = protocol::select(fetch.wanted, {etag, release->size});
    if (selection.kind == Selection::Kind::not_modified || selection.kind == Selection::Kind::unsatisfiable) {
        return Found{*std::move(release), selection, nullptr};
    }
    auto file = services.release_files.open_to_read(release->file);
    if (file.has_error() || file->size() != release->size) {
        log_event("release.damaged", {{"release", release->id.text()}, {"size", release->size}});
        return http::problems::unavailable;
    }
    if (fetch.reads) {
        if (const auto noted = note_reading(services, *release, selection); noted.has_error()) {
            return noted.error();
        }
    }
    const auto download = std::make_shared<Download>(services, *release, *std::move(file), selection.first);
    auto source = std::make_shared<http::BodySource>();
    source->size = selection.length;
    source->read = [download](std::uint64_t offset, std::size_t count_max) { return download->read(offset, count_max); };
    return Found{*std::move(release), selection, std::move(source)};
}

Response answer_found(const Exchange& exchange, const Found& found) {
    const auto kind = found.selection.kind;
    if (kind == Selection::Kind::unsatisfiable) {
        auto response = refuse(exchange, http::problems::range_not_satisfiable);
        response.with("Content-Range", protocol::content_range(found.selection, found.release.size));
        return response;
    }
    auto response = http::empty(kind == Selection::Kind::part ? 206 : kind == Selection::Kind::not_modified ? 304 : 200);
    response.with("ETag", etag_of(found.release));
    response.with("Accept-Ranges", "bytes");
    if (kind == Selection::Kind::not_modified) {
        return response;
    }
    response.with("Content-Type", "application/octet-stream");
    response.with("Content-Disposition", "attachment; filename=\"" + found.release.id.text() + ".age\"");
    if (kind == Selection::Kind::part) {
        response.with("Content-Range", protocol::content_range(found.selection, found.release.size));
    }
    response.source = found.source;
    return response;
}

asio::awaitable<Response> show(Services& services, Exchange& exchange) {
    const auto& request = exchange.request();
    const bool reads = request.method == http::Method::get;
    const Fetch fetch{
        .credentials = credentials_of(services, request),
        .id = exchange.parameter("id"),
        .wanted =
            {.range = request.header("range"),
             .if_range = request.header("if-range"),
             .if_none_match = request.header("if-none-match"),
             .range_counts = reads,
             .if_range_there = request.count("if-range") > 0},
        .reads = reads,
    };
    auto work = [&services, &fetch] { return fetch_release(services, fetch); };
    const Answer<Found> found = co_await offload(services.pool, std::move(work));
    if (found.has_error()) {
        co_return refuse(exchange, found.error());
    }
    co_return answer_found(exchange, *found);
}

}  // namespace

std::vector<http::Route> release_routes(Services& services) {
    auto listing = [&services](Exchange& exchange) { return list(services, exchange); };
    auto showing = [&services](Exchange& exchange) { return show(services, exchange); };
    return {
        {http::Method::get, "/api/v1/releases", http::Caller::grant, std::move(listing), 0},
        {http::Method::get, "/api/v1/releases/{id}", http::Caller::grant, std::move(showing), 0},
    };
}

}  // namespace gateway::edge
