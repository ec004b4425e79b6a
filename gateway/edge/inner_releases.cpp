#include "gateway/edge/inner_releases.hpp"

#include "crypto/age/header.hpp"
#include "crypto/encoding.hpp"
#include "gateway/edge/age_gate.hpp"
#include "gateway/edge/authentication.hpp"
#include "gateway/edge/limits.hpp"
#include "gateway/edge/room.hpp"
#include "gateway/log.hpp"

#include <algorithm>
#include <set>

namespace gateway::edge {

namespace asio = boost::asio;
using http::Exchange;
using http::Response;
using storage::Connection;
using storage::edge::Release;
using storage::edge::Releases;

namespace {

// What the head of the request says: everything but the bytes.
Answer<Release> announced(const Exchange& exchange) {
    const auto& request = exchange.request();
    const auto text = [&](std::string_view name) { return std::string(request.header(name).value_or(std::string_view())); };
    const auto id = policies::ReleaseId::parse(exchange.parameter("id"));
    const auto grant = policies::GrantId::parse(text("release-grant"));
    const auto sha256 = crypto::Digest::from_hex(text("release-sha256"));
    const auto expires_at = policies::Instant::parse(text("release-expires"));
    auto description = crypto::from_base64(text("release-description"));
    if (!id || !grant || !sha256 || !expires_at || description.has_error() || description->empty() ||
        description->size() > limits::release_description_max || !request.content_length) {
        return http::problems::invalid;
    }
    return Release{*id, *grant, *request.content_length, *sha256, *std::move(description), *expires_at, {}, false};
}

void remove_file(Services& services, const std::string& name) {
    if (!name.empty() && services.release_files.remove(name).has_error()) {
        log_event("release.litter", {{"file", name}});  // the next start removes it
    }
}

// One release on its way in. Its file goes with this object unless keep() took it.
class Intake {
public:
    Intake(Services& services, Release release) : services_(services), release_(std::move(release)) {}
    Intake(const Intake&) = delete;
    Intake& operator=(const Intake&) = delete;
    ~Intake() {
        if (!kept_) {
            remove_file(services_, release_.file);
        }
    }

    Answer<void> begin() {
        const auto known = services_.database.read([&](Connection& connection) -> storage::Result<bool> {
            if (services_.releases.was_withdrawn(connection, release_.id) || !services_.postings.find(connection, release_.grant)) {
                return storage::Errc::conflict;
            }
            return services_.releases.find(connection, release_.id).has_value();
        });
        if (known.has_error() || release_.expires_at <= services_.clock.now()) {
            return known.has_error() ? problem_of(known.error()) : http::problems::conflict;
        }
        known_ = *known;  // its bytes are read all the same: an answer before would look like a broken connection
        if (known_) {
            return {};
        }
        if (const auto room = expect_room(services_, release_.size); room.has_error()) {
            return room.error();
        }
        const auto name = release_.id.text() + "-" + crypto::to_hex(services_.random.bytes<4>());
        auto writer = services_.release_files.create(name);
        if (writer.has_error()) {
            return problem_of(writer.error());
        }
        release_.file = name;
        writer_.emplace(*std::move(writer));
        return {};
    }

    Answer<void> take(crypto::ByteView piece) {
        hash_.update(piece);
        if (writer_) {
            if (const auto written = writer_->write_at(written_, piece); written.has_error()) {
                return problem_of(written.error());
            }
        }
        written_ += piece.size();
        return {};
    }

    Answer<void> keep() {
        if (written_ != release_.size) {
            return http::problems::timeout;
        }
        if (hash_.finish() != release_.sha256) {
            return http::problems::damaged;
        }
        if (writer_) {
            if (const auto good = expect_encrypted(); good.has_error()) {
                return good;
            }
            if (const auto synced = writer_->sync(); synced.has_error()) {
                return problem_of(synced.error());
            }
        }
        const auto put = services_.database.commit([&](Connection& connection) {
            return services_.releases.put(connection, release_, services_.clock.now());
        });
        if (put.has_error()) {
            return put.error() == storage::Errc::refused ? http::problems::conflict : problem_of(put.error());
        }
        kept_ = *put == Releases::Kept::taken;
        return {};
    }

private:
    Answer<void> expect_encrypted() const {
        const auto reader = services_.release_files.open_to_read(release_.file);
        crypto::Bytes first(static_cast<std::size_t>(std::min<std::uint64_t>(release_.size, crypto::age::header_bytes_max)));
        if (reader.has_error()) {
            return problem_of(reader.error());
        }
        const auto got = reader->read_at(0, first);
        if (got.has_error()) {
            return problem_of(got.error());
        }
        const auto gate = look_at(crypto::ByteView(first).first(*got), release_.size);
        if (gate == Gate::passed) {
            return {};
        }
        return gate == Gate::damaged ? http::problems::damaged : http::problems::not_encrypted;
    }

    Services& services_;
    Release release_;
    std::optional<storage::Vault::Writer> writer_;
    crypto::Sha256 hash_;
    std::uint64_t written_ = 0;
    bool known_ = false;
    bool kept_ = false;
};

asio::awaitable<Answer<void>> receive(Services& services, Exchange& exchange, std::shared_ptr<Intake> intake) {
    auto begin = [intake] { return intake->begin(); };
    Answer<void> step = co_await offload(services.pool, std::move(begin));
    std::vector<std::uint8_t> buffer(limits::piece_bytes);
    std::size_t got = buffer.size();
    while (step.has_value() && got != 0) {
        got = co_await exchange.read_some(buffer);
        const crypto::ByteView piece(buffer.data(), got);
        auto take = [intake, piece] { return intake->take(piece); };
        step = co_await offload(services.pool, std::move(take));
    }
    if (step.has_value()) {
        auto keep = [intake] { return intake->keep(); };
        step = co_await offload(services.pool, std::move(keep));
    }
    co_return step;
}

asio::awaitable<Response> put_release(Services& services, Exchange& exchange) {
    auto release = announced(exchange);
    if (release.has_error()) {
        co_return refuse(exchange, release.error(), "release");
    }
    const auto id = release->id.text();
    const auto size = release->size;
    auto intake = std::make_shared<Intake>(services, *std::move(release));
    const Answer<void> done = co_await receive(services, exchange, intake);
    auto drop = [&intake] {  // removes the file of one that failed
        intake.reset();
        return true;
    };
    const bool dropped = co_await offload(services.pool, std::move(drop));
    if (done.has_error()) {
        log_event("release.refused", {{"release", id}, {"status", done.error().status}, {"dropped", dropped}});
        co_return refuse(exchange, done.error());
    }
    log_event("release.published", {{"release", id}, {"bytes", size}});
    co_return http::empty(204);
}

Answer<void> take_back(Services& services, const std::string& id_text) {
    const auto id = policies::ReleaseId::parse(id_text);
    if (!id) {
        return http::problems::not_found;
    }
    const auto file = services.database.commit([&](Connection& connection) -> storage::Result<std::string> {
        return services.releases.withdraw(connection, *id, services.clock.now());
    });
    if (file.has_error()) {
        return problem_of(file.error());
    }
    remove_file(services, *file);
    log_event("release.withdrawn", {{"release", id->text()}, {"known", !file->empty()}});
    return {};
}

asio::awaitable<Response> delete_release(Services& services, Exchange& exchange) {
    const auto id = exchange.parameter("id");
    auto work = [&services, &id] { return take_back(services, id); };
    const Answer<void> done = co_await offload(services.pool, std::move(work));
    if (done.has_error()) {
        co_return refuse(exchange, done.error());
    }
    co_return http::empty(204);
}

}  // namespace

std::vector<http::Route> inner_release_routes(Services& services) {
    const std::string release = "/inner/v1/releases/{id}";
    return {
        {http::Method::put, release, http::Caller::core, for_core(services, put_release), limits::file_bytes_max},
        {http::Method::delete_, release, http::Caller::core, for_core(services, delete_release), 0},
    };
}

storage::Result<void> tidy_releases_at_start(Services& services) {
    const auto releases = services.database.read([&](Connection& connection) -> storage::Result<std::vector<Release>> {
        return services.releases.all(connection);
    });
    if (releases.has_error()) {
        return releases.error();
    }
    std::set<std::string> wanted;
    for (const auto& release : *releases) {
        wanted.insert(release.file);
        if (!services.release_files.contains(release.file)) {
            log_event("release.damaged", {{"release", release.id.text()}, {"size", release.size}});
        }
    }
    for (const auto& name : services.release_files.names()) {
        if (wanted.contains(name)) {
            continue;
        }
        // Core has what stands in it: it puts a release until it was told that it is here.
        if (const auto removed = services.release_files.remove(name); removed.has_error()) {
            return removed;
        }
        log_event("release.file-removed", {{"file", name}});
    }
    return {};
}

std::size_t end_expired_releases(Services& services) {
    const auto files = services.database.commit([&](Connection& connection) -> storage::Result<std::vector<std::string>> {
        return services.releases.end_expired(connection, services.clock.now());
    });
    if (files.has_error()) {
        return 0;
    }
    for (const auto& file : *files) {
        remove_file(services, file);
    }
    return files->size();
}

}  // namespace gateway::edge
