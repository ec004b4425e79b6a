#include "gateway/core/release_publisher.hpp"

#include "crypto/open/open.hpp"
#include "crypto/open/envelope.hpp"
#include "crypto/open/open.hpp"
#include "tests/gateway/core/world.hpp"

using gateway::core::LinkErrc;
using LedgerRelease = storage::core::Release;
using storage::core::Releases;
using world::World;

namespace {

// An edge that remembers releases as the real one does, with the faults one can have.
class FakeShelf final : public gateway::core::ReleaseLink {
public:
    struct Held {
        gateway::core::PushedRelease about;
        crypto::Bytes file;
    };
    std::map<policies::ReleaseId, Held> held;
    std::set<policies::ReleaseId> withdrawn;
    std::vector<std::string> calls;
    bool away = false;
    bool answer_lost = false;  // the call does its work, and core never hears of it
    std::function<void()> in_push;

    crypto::Result<void> put_release(const gateway::core::PushedRelease& release) override {
        calls.push_back("put");
        if (away) {
            return make_error_code(gateway::client::Errc::unreachable);
        }
        if (withdrawn.contains(release.id)) {
            return LinkErrc::declined;
        }
        crypto::Bytes file;
        crypto::Bytes piece(1'000);
        try {
            for (auto got = release.read(piece); got > 0; got = release.read(piece)) {
                file.insert(file.end(), piece.begin(), piece.begin() + static_cast<std::ptrdiff_t>(got));
                if (in_push) {
                    std::exchange(in_push, nullptr)();
                }
            }
        } catch (const std::runtime_error&) {
            return make_error_code(gateway::client::Errc::aborted);
        }
        CHECK(file.size() == release.size);
        CHECK(crypto::sha256(file) == release.sha256);
        if (const auto known = held.find(release.id); known != held.end()) {
            CHECK(known->second.file == file);  // a repeated push is the same, byte for byte
        }
        held.insert_or_assign(release.id, Held{release, std::move(file)});
        return answer_lost ? crypto::Result<void>(make_error_code(gateway::client::Errc::unreachable)) : crypto::Result<void>();
    }

    crypto::Result<void> delete_release(const policies::ReleaseId& id) override {
        calls.push_back("delete");
        if (away) {
            return make_error_code(gateway::client::Errc::unreachable);
        }
        withdrawn.insert(id);
        held.erase(id);
        return {};
    }
};

struct Releasing : World {
    FakeShelf shelf;
    crypto::Bytes plain = world::some_bytes(150'000);
    policies::DocumentId filed = file();
    crypto::open::X25519Identity reader{crypto::Secret<32>::copy_of(keys->reader.expose())};

    policies::DocumentId file() {
        const auto sent = upload(plain);
        router().turn();
        return document(sent).id;
    }
    gateway::core::ReleasePublisher release_publisher() {
        return {{*database, *case_store, *keyring, shelf, clock, random}, {.ask_every = std::chrono::milliseconds(0)}};
    }
    policies::ReleaseId release(std::int64_t lasts = policies::one_day) {
        const auto header = gateway::core::rewrap_document(*database, *case_store, *keyring, filed, reader.recipient().text(), random);
        REQUIRE(header.has_value());
        const auto id = storage::core::new_id<policies::ReleaseId>(random);
        write([&](storage::Connection& connection) {
            Releases::add(
                connection,
                {.id = id,
                 .document = filed,
                 .grant = rows->grant,
                 .dossier = rows->dossier,
                 .made_by = rows->handler,
                 .made_at = clock.now(),
                 .expires_at = clock.now() + lasts,
                 .header = *header,
                 .withdrawn_at = std::nullopt}
            );
        });
        return id;
    }
    void withdraw(const policies::ReleaseId& id) {
        write([&](storage::Connection& connection) { CHECK(Releases::withdraw(connection, id, clock.now())); });
    }
    LedgerRelease row(const policies::ReleaseId& id) {
        const auto found = database->read([&](storage::Connection& connection) -> storage::Result<LedgerRelease> {
            return *Releases::find(connection, id);
        });
        return *found;
    }
    template <class Job>
    void write(Job job) {
        const auto written = database->commit([&](storage::Connection& connection) -> storage::Result<void> {
            job(connection);
            return {};
        });
        REQUIRE(written.has_value());
    }
    crypto::Bytes opened_by(const crypto::open::Identity& identity, const policies::ReleaseId& id) {
        crypto::Bytes clear;
        crypto::open::Decryptor decryptor({&identity}, [&clear](crypto::ByteView bytes) -> crypto::Result<void> {
            clear.insert(clear.end(), bytes.begin(), bytes.end());
            return {};
        });
        const auto fed = decryptor.update(shelf.held.at(id).file);
        return fed.has_value() && decryptor.finish().has_value() ? clear : crypto::Bytes();
    }
};

}  // namespace

TEST_CASE("a release reaches the edge re-wrapped: its reader opens it, another does not, and the payload is the stored one") {
    Releasing world;
    const auto id = world.release();
    auto publisher = world.release_publisher();
    publisher.turn();
    publisher.turn();
    CHECK(world.shelf.calls == std::vector<std::string>{"put"});
    CHECK(world.row(id).edge == LedgerRelease::Edge::has);
    CHECK(world.opened_by(world.reader, id) == world.plain);
    CHECK(world.opened_by(crypto::open::X25519Identity::generate(world.random), id).empty());

    const auto payload = world.case_store->payload(world.filed);
    crypto::Bytes stored(payload->size());
    REQUIRE(payload->read_at(0, stored).has_value());
    const auto& file = world.shelf.held.at(id).file;
    REQUIRE(file.size() > stored.size());
    CHECK(std::equal(stored.begin(), stored.end(), file.end() - static_cast<std::ptrdiff_t>(stored.size())));
}

TEST_CASE("the description opens with the link's envelope key alone and binds the file") {
    Releasing world;
    const auto id = world.release();
    world.release_publisher().turn();
    const auto& about = world.shelf.held.at(id).about;
    CHECK(about.grant == world.rows->grant);
    const auto opened = crypto::open::open_envelope(world.keys->envelope, {world.rows->grant.text(), 1}, about.description);
    REQUIRE(opened.has_value());
    const auto text = nlohmann::json::parse(*opened);
    CHECK(text.at("release") == id.text());
    CHECK(text.at("sha256") == crypto::sha256(world.plain).hex());
    CHECK(text.at("file").at("sha256") == about.sha256.hex());
    const auto name = text.at("name").get<std::string>();
    CHECK_FALSE(name.empty());
    CHECK(std::string(about.description.begin(), about.description.end()).find(name) == std::string::npos);
    CHECK_FALSE(crypto::open::open_envelope(world.random.secret<32>(), {world.rows->grant.text(), 1}, about.description).has_value());
}

TEST_CASE("an edge that is away, or whose answer is lost, gets the same file again") {
    Releasing world;
    const auto id = world.release();
    world.shelf.away = true;
    CHECK(world.release_publisher().turn() > std::chrono::milliseconds(0));
    world.shelf.away = false;
    world.shelf.answer_lost = true;
    world.release_publisher().turn();
    CHECK(world.row(id).edge == LedgerRelease::Edge::unknown);
    world.shelf.answer_lost = false;
    world.release_publisher().turn();
    CHECK(world.row(id).edge == LedgerRelease::Edge::has);
    CHECK(world.shelf.calls.size() == 3);
}

TEST_CASE("a withdrawn release is taken back, also one that may have arrived unheard of") {
    Releasing world;
    const auto arrived = world.release();
    world.release_publisher().turn();
    const auto unheard = world.release();
    world.withdraw(arrived);
    world.withdraw(unheard);
    CHECK(world.row(arrived).header.empty());
    world.shelf.away = true;
    world.release_publisher().turn();
    CHECK(world.row(arrived).edge == LedgerRelease::Edge::has);
    world.shelf.away = false;
    auto publisher = world.release_publisher();
    publisher.turn();
    publisher.turn();
    CHECK(world.shelf.held.empty());
    CHECK(world.shelf.withdrawn == std::set{arrived, unheard});
    CHECK(world.row(arrived).edge == LedgerRelease::Edge::gone);
    CHECK(std::ranges::count(world.shelf.calls, "put") == 1);
}

TEST_CASE("a withdrawal breaks off the push that runs") {
    Releasing world;
    const auto id = world.release();
    world.shelf.in_push = [&] { world.withdraw(id); };
    auto publisher = world.release_publisher();
    publisher.turn();
    CHECK(world.shelf.held.empty());
    publisher.turn();
    CHECK(world.shelf.calls == std::vector<std::string>{"put", "delete"});
    CHECK(world.row(id).edge == LedgerRelease::Edge::gone);
}

TEST_CASE("an expired release and one of a closed dossier are not pushed; the latter is taken back") {
    Releasing world;
    world.release(policies::one_second);
    world.clock.pass(policies::one_second);
    auto publisher = world.release_publisher();
    publisher.turn();
    CHECK(world.shelf.calls.empty());

    const auto id = world.release();
    publisher.turn();
    CHECK(world.shelf.held.contains(id));
    world.write([&](storage::Connection& connection) {
        connection.run("UPDATE dossier SET closed_at = ? WHERE id = ?", world.clock.now().microseconds, world.rows->dossier.text());
    });
    world.release();
    publisher.turn();
    publisher.turn();
    CHECK(world.shelf.held.empty());
    CHECK(std::ranges::count(world.shelf.calls, "put") == 1);
}

TEST_CASE("a release that cannot be made holds up no other") {
    Releasing world;
    const auto broken = world.release();
    world.clock.pass(1);
    const auto good = world.release();
    world.shelf.withdrawn.insert(broken);  // the edge declines it
    auto publisher = world.release_publisher();
    publisher.turn();
    publisher.turn();
    CHECK(world.shelf.held.contains(good));
    CHECK(world.row(broken).edge == LedgerRelease::Edge::unknown);
}
