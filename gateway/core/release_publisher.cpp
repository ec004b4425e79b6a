#include "gateway/core/release_publisher.hpp"

#include "crypto/envelope.hpp"
#include "gateway/core/envelope.hpp"
#include "gateway/core/grant_keys.hpp"
#include "gateway/log.hpp"

#include <algorithm>
#include <stdexcept>

namespace gateway::core {

namespace {

using storage::core::Release;
using storage::core::Releases;

constexpr std::size_t rows_a_turn = 1'000;
constexpr std::size_t piece_bytes = 256 * 1024;

// Facts for the sealed description, read in one view of the database.
struct Due {
    storage::core::Grant grant;
    storage::core::Filing filing;
    policies::Texts title;
};

storage::Result<Due> read_due(storage::Connection& connection, const Release& release, CaseTypes& case_types) {
    auto grant = storage::core::Grants::find(connection, release.grant);
    auto document = storage::core::Documents::find(connection, release.document);
    const auto dossier = storage::core::Dossiers::find(connection, release.dossier);
    const auto item = document ? storage::core::Requests::find_item(connection, document->item) : std::nullopt;
    if (!grant || !dossier || !item || !document->filing) {
        return storage::Errc::not_found;
    }
    const auto case_type = case_types.find(connection, dossier->case_type_sha256);
    if (case_type.has_error()) {
        return case_type.error();
    }
    const auto* type = (*case_type)->document(item->item.type);
    return Due{std::move(*grant), std::move(*document->filing), type == nullptr ? policies::Texts() : type->title};
}

bool is_away(const boost::system::error_code& error) {
    return error.category() == client::category() && error != make_error_code(client::Errc::aborted);
}

}  // namespace

// Header and payload as one file.
class ReleasePublisher::File {
public:
    File(const std::string& header, storage::Vault::Reader payload) : header_(header), payload_(std::move(payload)) {}

    std::uint64_t size() const noexcept { return header_.size() + payload_.size(); }

    // Throws when the disk fails: a source has no other word for it.
    std::size_t read_at(std::uint64_t offset, std::span<std::uint8_t> out) const {
        if (offset < header_.size()) {
            const auto count = std::min<std::size_t>(out.size(), header_.size() - static_cast<std::size_t>(offset));
            std::copy_n(header_.begin() + static_cast<std::ptrdiff_t>(offset), count, out.begin());
            return count;
        }
        const auto got = payload_.read_at(offset - header_.size(), out);
        if (got.has_error()) {
            throw std::runtime_error("a stored document could not be read");
        }
        return *got;
    }

private:
    const std::string& header_;
    storage::Vault::Reader payload_;
};

ReleasePublisher::ReleasePublisher(ReleasePublisherTools tools, ReleasePublisherOptions options)
    : tools_(tools), options_(options), delays_(options_.retry), loop_("releases", [this] { return turn(); }) {}

Loop::Pause ReleasePublisher::failed() {
    return options_.retry.after(++failures_);
}

Loop::Pause ReleasePublisher::turn() {
    const auto taken_back = take_back();
    if (taken_back.has_error()) {
        return failed();
    }
    const auto pushed = loop_.stopping() ? crypto::Result<Did>(Did::nothing) : push_one();
    if (pushed.has_error()) {
        return failed();
    }
    failures_ = 0;
    return *taken_back == Did::something || *pushed == Did::something ? Loop::Pause(0) : options_.look_every;
}

crypto::Result<ReleasePublisher::Did> ReleasePublisher::take_back() {
    const auto rows = tools_.database.read([](storage::Connection& connection) -> storage::Result<std::vector<Release>> {
        return Releases::to_take_back(connection, rows_a_turn);
    });
    if (rows.has_error()) {
        return rows.error();
    }
    for (const auto& release : *rows) {
        const auto gone = tools_.edge.delete_release(release.id);
        if (gone.has_error()) {
            log_event("release.not-taken-back", {{"release", release.id.text()}, {"code", gone.error().value()}});
            return gone.error();
        }
        const auto marked = tools_.database.commit([&release](storage::Connection& connection) -> storage::Result<void> {
            Releases::at_edge(connection, release.id, Release::Edge::gone);
            return {};
        });
        if (marked.has_error()) {
            return marked.error();
        }
        log_event("release.taken-back", {{"release", release.id.text()}});
    }
    return rows->empty() ? Did::nothing : Did::something;
}

// The first that is due, so that what is to be taken back is looked for between two of them. Nothing: there is none now.
crypto::Result<ReleasePublisher::Did> ReleasePublisher::push_one() {
    const auto now = tools_.clock.now();
    const auto rows = tools_.database.read([now](storage::Connection& connection) -> storage::Result<std::vector<Release>> {
        return Releases::to_push(connection, now, rows_a_turn);
    });
    if (rows.has_error()) {
        return rows.error();
    }
    const auto due = std::ranges::find_if(*rows, [&](const Release& release) { return delays_.is_due(release.id.text(), now); });
    if (due == rows->end()) {
        return Did::nothing;
    }
    const auto pushed = push(*due);
    if (pushed.has_value()) {
        delays_.forget(due->id.text());
        return Did::something;
    }
    log_event(
        "release.delayed", {{"release", due->id.text()}, {"error", pushed.error().category().name()}, {"code", pushed.error().value()}}
    );
    if (is_away(pushed.error())) {
        return pushed.error();
    }
    if (pushed.error() != make_error_code(client::Errc::aborted)) {
        delays_.failed(due->id.text(), tools_.clock.now());
    }
    return loop_.stopping() ? Did::nothing : Did::something;
}

// A push breaks off when the program stops, and when anything waits to be taken back: itself or another one.
bool ReleasePublisher::may_go_on() {
    if (loop_.stopping()) {
        return false;
    }
    const auto waiting = tools_.database.read([](storage::Connection& connection) -> storage::Result<std::vector<Release>> {
        return Releases::to_take_back(connection, 1);
    });
    return waiting.has_error() || waiting->empty();
}

crypto::Result<void> ReleasePublisher::push(const Release& release) {
    const auto due = tools_.database.read([&](storage::Connection& connection) { return read_due(connection, release, case_types_); });
    if (due.has_error()) {
        return due.error();
    }
    const auto key = envelope_key(due->grant, tools_.keyring, tools_.random);
    auto payload = tools_.case_store.payload(release.document);
    if (key.has_error() || payload.has_error()) {
        return key.has_error() ? key.error() : payload.error();
    }
    const File file(release.header, std::move(*payload));
    std::uint64_t offset = 0;
    bool broken_off = false;
    auto asked_at = std::chrono::steady_clock::now();
    const auto read = [&](std::span<std::uint8_t> out) {
        if (std::chrono::steady_clock::now() - asked_at >= options_.ask_every) {
            broken_off = !may_go_on();
            if (broken_off) {
                throw std::runtime_error("broken off");
            }
            asked_at = std::chrono::steady_clock::now();
        }
        const auto got = file.read_at(offset, out);
        offset += got;
        return got;
    };
    crypto::Sha256 hash;
    crypto::Bytes piece(piece_bytes);
    try {
        for (auto got = read(piece); got > 0; got = read(piece)) {
            hash.update(crypto::ByteView(piece).first(got));
        }
    } catch (const std::runtime_error&) {
        return broken_off ? make_error_code(client::Errc::aborted) : make_error_code(storage::Errc::io);
    }
    offset = 0;
    const auto sha256 = hash.finish();
    const auto text = format_release({release.id, due->filing, due->title, release.made_at, file.size(), sha256});
    const auto description = crypto::seal_envelope(*key, {release.grant.text(), release_version}, crypto::as_bytes(text), tools_.random);
    const auto put = tools_.edge.put_release({release.id, release.grant, release.expires_at, file.size(), sha256, description, read});
    if (put.has_error()) {
        const bool disk_failed = put.error() == make_error_code(client::Errc::aborted) && !broken_off;
        return disk_failed ? make_error_code(storage::Errc::io) : put.error();
    }
    const auto marked = tools_.database.commit([&release](storage::Connection& connection) -> storage::Result<void> {
        Releases::at_edge(connection, release.id, Release::Edge::has);
        return {};
    });
    log_event("release.pushed", {{"release", release.id.text()}, {"bytes", file.size()}});
    return marked.has_error() ? crypto::Result<void>(marked.error()) : crypto::Result<void>();
}

}  // namespace gateway::core
