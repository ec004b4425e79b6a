#include "storage/core/audit.hpp"
#include "storage/core/case_types.hpp"
#include "storage/core/consents.hpp"
#include "storage/core/documents.hpp"
#include "storage/core/dossiers.hpp"
#include "storage/core/edge_log.hpp"
#include "storage/core/grants.hpp"
#include "storage/core/new_id.hpp"
#include "storage/core/notices.hpp"
#include "storage/core/outbox.hpp"
#include "storage/core/parties.hpp"
#include "storage/core/requests.hpp"
#include "storage/core/schema.hpp"
#include "storage/core/sessions.hpp"
#include "tests/catch.hpp"
#include "tests/storage/scratch.hpp"

using namespace storage::core;
using policies::Instant;
using storage::Connection;

namespace {

const Instant start = Instant::parse("2026-11-24T10:00:00Z").value();

// One dossier with a party, a consent, a request of two items and its grant, on one plain connection.
struct Ledgers {
    Ledgers() : connection((scratch / "core.db"), Connection::Mode::read_write) {
        for (const char* script : schema()) {
            connection.script(script);
        }
        Staff::put(connection, handler, "hash", start);
        CaseTypeTexts::put(connection, {policy, "medical-unfitness", "0.1.0", "{}"});
        Dossier opened{dossier, "SOC-1", "medical-unfitness", "0.1.0", policy, "Maria", "in-treatment", handler.id, {}, start, {}};
        REQUIRE(Dossiers::add(connection, opened).has_value());
        Parties::add(connection, {party, dossier, "treating-provider", "Dr. Els", "els@practice.test", start});
        Request sent{request, dossier, party, handler.id, start + policies::one_day, "Please", "nl", start, {}, {}};
        sent.items = {{item, "medical-report", true, 5, 1000}, {other_item, "specialist-letter", false, 5, 1000}};
        Requests::add(connection, sent);
        Grant issued{grant, request, dossier, party, crypto::sha256(crypto::as_bytes("token")), {1, 2}, "age1x", {3, 4}};
        issued.expires_at = start + policies::one_day;
        Grants::add(connection, issued);
    }

    AcceptedUpload upload(std::uint64_t index) {
        return {
            new_id<policies::DocumentId>(random), new_id<policies::UploadId>(random), grant, item, index, 100, policy, policy, policy, start
        };
    }

    Filing filing() {
        const CompartmentKeys keys{new_id<policies::CompartmentId>(random), dossier, "medical", "age1y", {5}};
        Dossiers::add_compartment(connection, keys);
        return {"report.pdf", "application/pdf", 90, policy, keys.id, "store", std::nullopt, 1};
    }

    tests::Scratch scratch;
    tests::SeededRandom random{7};
    Connection connection;
    crypto::Digest policy = crypto::sha256(crypto::as_bytes("{}"));
    StaffMember handler{new_id<policies::StaffId>(random), "els", "Els", "els@city.test", {policies::Role::handler, policies::Role::dpo}};
    policies::DossierId dossier = new_id<policies::DossierId>(random);
    policies::PartyId party = new_id<policies::PartyId>(random);
    policies::RequestId request = new_id<policies::RequestId>(random);
    policies::ItemId item = new_id<policies::ItemId>(random);
    policies::ItemId other_item = new_id<policies::ItemId>(random);
    policies::GrantId grant = new_id<policies::GrantId>(random);
};

}  // namespace

TEST_CASE("An account that is put again keeps its id, changes, and loses its sessions") {
    Ledgers ledgers;
    auto& connection = ledgers.connection;
    const auto token = crypto::sha256(crypto::as_bytes("cookie"));
    Sessions::open(connection, token, ledgers.handler.id, start);
    auto changed = ledgers.handler;
    changed.id = new_id<policies::StaffId>(ledgers.random);
    changed.roles = {policies::Role::operations};
    CHECK(Staff::put(connection, changed, "other", start) == ledgers.handler.id);
    CHECK(Staff::count(connection) == 1);
    CHECK(Staff::find_user(connection, "els")->is(policies::Role::operations));
    CHECK_FALSE(Staff::find_user(connection, "els")->is(policies::Role::handler));
    CHECK(Staff::password_hash(connection, "els") == "other");
    CHECK_FALSE(Sessions::find(connection, token, start));
}

TEST_CASE("A session ends half an hour after its last use and eight hours after its beginning") {
    Ledgers ledgers;
    auto& connection = ledgers.connection;
    const auto token = crypto::sha256(crypto::as_bytes("cookie"));
    Sessions::open(connection, token, ledgers.handler.id, start);
    CHECK_FALSE(Sessions::find(connection, token, start)->touch);
    CHECK(Sessions::find(connection, token, start + session_idle + -1)->touch);
    CHECK_FALSE(Sessions::find(connection, token, start + session_idle));
    Instant now = start;
    while (now < start + session_life + -session_idle / 2) {
        now = now + session_idle / 2;
        Sessions::seen(connection, token, now);
        CHECK(Sessions::find(connection, token, now));
    }
    CHECK_FALSE(Sessions::find(connection, token, start + session_life));
    CHECK_FALSE(Sessions::find(connection, crypto::sha256(crypto::as_bytes("another")), start));
}

TEST_CASE("Wrong passwords make the next try wait, longer each time, and a right one ends that") {
    Ledgers ledgers;
    auto& connection = ledgers.connection;
    for (std::uint64_t failure = 0; failure < login_failures_free; ++failure) {
        CHECK(Logins::may_try(connection, "nobody", start));
        Logins::failed(connection, "nobody", start);
    }
    CHECK_FALSE(Logins::may_try(connection, "nobody", start));
    CHECK(Logins::may_try(connection, "nobody", start + policies::one_second));
    CHECK(Logins::may_try(connection, "els", start));
    for (int failure = 0; failure < 40; ++failure) {
        Logins::failed(connection, "nobody", start);
    }
    CHECK_FALSE(Logins::may_try(connection, "nobody", start + login_wait_max + -1));
    CHECK(Logins::may_try(connection, "nobody", start + login_wait_max));
    Logins::succeeded(connection, "nobody");
    CHECK(Logins::may_try(connection, "nobody", start));
}

TEST_CASE("A flood of invented names does not make the one forget that somebody is at") {
    Ledgers ledgers;
    auto& connection = ledgers.connection;
    for (std::uint64_t failure = 0; failure < login_failures_free; ++failure) {
        Logins::failed(connection, "els", start);
    }
    for (std::uint64_t name = 0; name < login_names_max + 10; ++name) {
        Logins::failed(connection, "invented-" + std::to_string(name), start + 1);
    }
    CHECK_FALSE(Logins::may_try(connection, "els", start + 1));
}

TEST_CASE("A case number is given once") {
    Ledgers ledgers;
    auto again = *Dossiers::find(ledgers.connection, ledgers.dossier);
    again.id = new_id<policies::DossierId>(ledgers.random);
    CHECK(Dossiers::add(ledgers.connection, again).error() == storage::Errc::conflict);
    CHECK(Dossiers::of_handler(ledgers.connection, ledgers.handler.id).size() == 1);
}

TEST_CASE("Each consent event raises the epoch of its discloser, and no event is ever edited") {
    Ledgers ledgers;
    auto& connection = ledgers.connection;
    CHECK(Consents::epoch(connection, ledgers.dossier, ledgers.party) == 0);
    const auto id = new_id<policies::ConsentId>(ledgers.random);
    const policies::ConsentRecord given{
        id,
        "release-medical",
        ledgers.party,
        start,
        start + policies::one_day,
        "paper",
        "",
        {{1, policies::ConsentState::given, start, "els", ""}}
    };
    CHECK(Consents::add(connection, ledgers.dossier, given) == 1);
    const policies::ConsentEvent withdrawal{0, policies::ConsentState::withdrawn, start, "els", "asked by phone"};
    CHECK(*Consents::append(connection, id, withdrawal) == 2);
    CHECK(Consents::append(connection, id, withdrawal).error() == storage::Errc::conflict);
    CHECK(Consents::epoch(connection, ledgers.dossier, ledgers.party) == 2);
    const auto records = Consents::of_dossier(connection, ledgers.dossier);
    REQUIRE(records.size() == 1);
    CHECK(policies::state_of(records[0]) == policies::ConsentState::withdrawn);
    CHECK(records[0].events.size() == 2);
    CHECK_THROWS_AS(connection.run("UPDATE consent_event SET state = 'given'"), storage::DatabaseError);
}

TEST_CASE("A grant waits for the publisher after every change") {
    Ledgers ledgers;
    auto& connection = ledgers.connection;
    CHECK(Grants::to_publish(connection, 10).size() == 1);
    Grants::published(connection, ledgers.grant, 1);
    CHECK(Grants::to_publish(connection, 10).empty());
    CHECK(*Grants::change(connection, ledgers.grant, policies::GrantState::withdrawn, 4) == 2);
    const auto waiting = Grants::to_publish(connection, 10);
    REQUIRE(waiting.size() == 1);
    CHECK(waiting[0].epoch == 4);
    CHECK(waiting[0].state == policies::GrantState::withdrawn);
    CHECK(waiting[0].sealed_identity == crypto::Bytes{3, 4});
    Grants::destroy_identity(connection, ledgers.grant);
    CHECK(Grants::find(connection, ledgers.grant)->sealed_identity.empty());
    Grants::published(connection, ledgers.grant, 2);
    Grants::published(connection, ledgers.grant, 1);
    CHECK(Grants::find(connection, ledgers.grant)->published_version == 2);
}

TEST_CASE("An upload becomes one document, however often its leaf is read") {
    Ledgers ledgers;
    const auto upload = ledgers.upload(0);
    const auto first = Documents::accept(ledgers.connection, upload);
    auto again = upload;
    again.document = new_id<policies::DocumentId>(ledgers.random);
    CHECK(*first == upload.document);
    CHECK(*Documents::accept(ledgers.connection, again) == upload.document);
    CHECK(Documents::of_dossier(ledgers.connection, ledgers.dossier).size() == 1);
}

TEST_CASE("The same sealed bytes under another id are a replay, but after a redo they are the sender's second try") {
    Ledgers ledgers;
    auto& connection = ledgers.connection;
    const auto first = ledgers.upload(0);
    const auto second = ledgers.upload(1);
    REQUIRE(first.mac == second.mac);
    REQUIRE(Documents::accept(connection, first).has_value());
    CHECK(Documents::accept(connection, second).error() == storage::Errc::refused);
    REQUIRE(Documents::decide(connection, first.document, policies::DocumentState::redo, "damaged", start).has_value());
    CHECK(Documents::accept(connection, second).has_value());
    CHECK(Documents::accept(connection, ledgers.upload(2)).error() == storage::Errc::refused);
}

TEST_CASE("An upload for a grant or an item that is not ours is not taken") {
    Ledgers ledgers;
    auto stranger = ledgers.upload(0);
    stranger.grant = new_id<policies::GrantId>(ledgers.random);
    CHECK(Documents::accept(ledgers.connection, stranger).error() == storage::Errc::not_found);
    auto elsewhere = ledgers.upload(0);
    elsewhere.item = new_id<policies::ItemId>(ledgers.random);
    CHECK(Documents::accept(ledgers.connection, elsewhere).error() == storage::Errc::not_found);
}

TEST_CASE("A document moves through its states in order and ends once") {
    Ledgers ledgers;
    auto& connection = ledgers.connection;
    const auto upload = ledgers.upload(0);
    const auto& id = upload.document;
    REQUIRE(Documents::accept(connection, upload).has_value());
    CHECK(Documents::start_filing(connection, id, ledgers.filing()).error() == storage::Errc::conflict);
    CHECK(Documents::start_checking(connection, id).has_value());
    CHECK(Documents::start_checking(connection, id).error() == storage::Errc::conflict);
    CHECK(Documents::file(connection, id, 9, start).error() == storage::Errc::conflict);
    CHECK(Documents::underway(connection, {}, 10).size() == 1);
    const auto size = upload.cipher_size;
    CHECK(Documents::underway(connection, {size, size + 1}, 10).size() == 1);
    CHECK(Documents::underway(connection, {0, size}, 10).empty());
    CHECK(Documents::underway(connection, {size + 1, INT64_MAX}, 10).empty());
    connection.run("DELETE FROM compartment");
    CHECK(Documents::start_filing(connection, id, ledgers.filing()).has_value());
    CHECK(Documents::untold(connection, 10).empty());
    CHECK(Documents::file(connection, id, 9, start).has_value());
    CHECK(Documents::underway(connection, {}, 10).empty());
    const auto filed = *Documents::find(connection, id);
    CHECK(filed.log_index == 9);
    CHECK(filed.filing->name == "report.pdf");
    CHECK(filed.outcome_version == 1);
    CHECK(Documents::decide(connection, id, policies::DocumentState::withdrawn, "late", start).error() == storage::Errc::conflict);
    CHECK(Documents::untold(connection, 10).size() == 1);
    Documents::outcome_published(connection, id, 1);
    CHECK(Documents::untold(connection, 10).empty());
    CHECK(Requests::facts(connection, *Requests::find(connection, ledgers.request))[0].filed == 1);
    CHECK(Requests::state(connection, *Requests::find(connection, ledgers.request), start) == policies::RequestState::complete);
}

TEST_CASE("A verdict ends a document from any state on the way, and only verdicts do") {
    Ledgers ledgers;
    auto& connection = ledgers.connection;
    const auto upload = ledgers.upload(3);
    REQUIRE(Documents::accept(connection, upload).has_value());
    CHECK(Documents::decide(connection, upload.document, policies::DocumentState::filed, "", start).error() == storage::Errc::refused);
    CHECK(Documents::decide(connection, upload.document, policies::DocumentState::withdrawn, "consent-withdrawn", start).has_value());
    const auto decided = *Documents::find_upload(connection, upload.upload);
    CHECK(decided.reason == "consent-withdrawn");
    CHECK(decided.decided_at == start);
    CHECK(
        Documents::decide(connection, new_id<policies::DocumentId>(ledgers.random), policies::DocumentState::redo, "", start).error() ==
        storage::Errc::not_found
    );
}

TEST_CASE("A mail that was taken is hidden for its lease, comes again when nobody said it was sent, and loses its body then") {
    Ledgers ledgers;
    auto& connection = ledgers.connection;
    Outbox::add(connection, {"invitation", ledgers.dossier, "a@b.test", "SOC-1", std::nullopt, crypto::Bytes{1, 2, 3}, "<1@host>"}, start);
    Outbox::add(connection, {"arrival", ledgers.dossier, "c@d.test", "SOC-1", "text", std::nullopt, "<2@host>"}, start + 1);
    const auto taken = Outbox::take(connection, start, 60 * policies::one_second, 10);
    REQUIRE(taken.size() == 1);
    CHECK(taken[0].attempts == 1);
    CHECK(taken[0].mail.sealed_body == crypto::Bytes{1, 2, 3});
    CHECK(Outbox::take(connection, start + 59 * policies::one_second, 1, 1).size() == 1);
    const auto again = Outbox::take(connection, start + 60 * policies::one_second, 1, 10);
    REQUIRE(again.size() == 2);
    Outbox::close(connection, taken[0].id, start);
    CHECK(Outbox::waiting(connection) == 1);
    auto left = connection.query("SELECT count(*) FROM outbox WHERE sealed_body IS NOT NULL");
    REQUIRE(left.step());
    CHECK(left.integer(0) == 0);
}

TEST_CASE("A notice is done by the one it is for") {
    Ledgers ledgers;
    auto& connection = ledgers.connection;
    const auto id = new_id<policies::NoticeId>(ledgers.random);
    Notices::add(connection, {id, ledgers.handler.id, ledgers.dossier, "document.filed", start, false, {}});
    CHECK(Notices::done(connection, id, new_id<policies::StaffId>(ledgers.random), start).error() == storage::Errc::not_found);
    CHECK_FALSE(Notices::of_staff(connection, ledgers.handler.id, 10).at(0).done);
    CHECK(Notices::done(connection, id, ledgers.handler.id, start).has_value());
    CHECK(Notices::of_staff(connection, ledgers.handler.id, 10).at(0).done);
    CHECK(Notices::of_staff(connection, ledgers.handler.id, 10).at(0).case_number == "SOC-1");
}

TEST_CASE("The edge's log is followed from what was witnessed, and never shrinks") {
    Ledgers ledgers;
    auto& connection = ledgers.connection;
    crypto::merkle::Frontier whole;
    for (std::uint64_t size = 1; size <= 300; ++size) {
        auto frontier = EdgeLog::frontier(connection);
        REQUIRE(frontier.has_value());
        REQUIRE(frontier->root() == whole.root());
        const auto leaf = crypto::sha256(crypto::as_bytes(std::to_string(size)));
        whole.append(leaf);
        EdgeLog::add_nodes(connection, frontier->append(leaf));
        REQUIRE(EdgeLog::witness(connection, {size, "note " + std::to_string(size)}).has_value());
    }
    CHECK(EdgeLog::frontier(connection)->root() == whole.root());
    CHECK(EdgeLog::witness(connection, {299, "older"}).error() == storage::Errc::conflict);
    CHECK(EdgeLog::witnessed(connection).checkpoint == "note 300");
}

TEST_CASE("An audit entry that names a dossier stands in its timeline") {
    Ledgers ledgers;
    auto& connection = ledgers.connection;
    storage::MerkleLog log(crypto::NoteSigner::generate("core.test/audit", ledgers.random), ledgers.random);
    record(connection, log, {"staff.signed-in", {{"staff", ledgers.handler.id.text()}}, {}}, start);
    const auto dossier = ledgers.dossier.text();
    const auto index = record(connection, log, {"dossier.opened", {{"dossier", dossier}, {"staff", ledgers.handler.id.text()}}, {}}, start);
    record(connection, log, {"document.filed", {{"dossier", dossier}, {"grant", ledgers.grant.text()}}, {}}, start);
    const auto entries = timeline(connection, ledgers.dossier);
    REQUIRE(entries.size() == 2);
    CHECK(entries[0].log_index == index);
    CHECK(entries[0].act == "dossier.opened");
    CHECK(entries[0].staff == ledgers.handler.id);
    CHECK_FALSE(entries[0].party);
    CHECK_FALSE(entries[1].staff);
    CHECK(entries[1].party == ledgers.party);
}
