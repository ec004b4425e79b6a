#include "tests/gateway/core/world.hpp"

#include "crypto/open/identity.hpp"
#include "gateway/core/router/delivery.hpp"
#include "gateway/core/router/witness.hpp"

using world::state_of;
using world::World;

namespace core = gateway::core;
namespace ledger = storage::core;

namespace {

// Everything that must be true of an upload that went well, however often it was interrupted on the way.
void check_filed_once(World& world, const policies::UploadId& upload, const crypto::Bytes& plain) {
    CHECK(state_of(world, upload) == "filed");
    const auto document = world.document(upload);
    CHECK(world.read_document(document.id) == plain);
    CHECK(world.stored_files() == 2);
    CHECK(world.audit_entries("document.filed").size() == 1);
    CHECK(world.audit_entries("edge-log.witnessed").size() == 1);
    CHECK(world.audit_entries("document.refused").empty());
    CHECK(world.mails_of("arrival") == std::vector<std::string>{"els@city.test"});
    CHECK(document.outcome_version == 1);
}

// A verdict that is not "filed": nothing is kept, the handler knows, the log says why.
void check_stopped(World& world, const policies::UploadId& upload, const std::string& state, const std::string& cause) {
    CHECK(state_of(world, upload) == state);
    CHECK(world.stored_files() == 0);
    CHECK(world.audit_entries("document.filed").empty());
    const auto entries = world.audit_entries("document.refused");
    REQUIRE(entries.size() == 1);
    CHECK(entries[0].at("reason") == cause);
    CHECK(entries[0].at("state") == state);
    CHECK(entries[0].at("dossier") == world.rows->dossier.text());
    const auto notices = world.database->read([&](storage::Connection& connection) -> storage::Result<std::vector<ledger::Notice>> {
        return ledger::Notices::of_staff(connection, world.rows->handler, 10);
    });
    REQUIRE(notices->size() == 1);
    CHECK(notices->front().kind == "document." + state);
    CHECK(world.mails_of(state == "withdrawn" ? "withdrawal-handler" : "attention") == std::vector<std::string>{"els@city.test"});
    CHECK(world.document(upload).outcome_version == 1);
}

void pull_log(World& world) {
    const auto tools = world.router_tools();
    core::router::Witness witness(tools);
    REQUIRE(witness.pull().has_value());
}

void run_turns(World& world, int turns) {
    auto router = world.router();
    for (int turn = 0; turn < turns; ++turn) {
        router.turn();
    }
}

}  // namespace

TEST_CASE("a sealed upload is filed, once, with the bytes that were sent") {
    World world;
    const auto plain = world::some_bytes(200'000);
    const auto upload = world.upload(plain);
    run_turns(world, 3);
    check_filed_once(world, upload, plain);
    CHECK(world.edge.content_calls == 1);
    CHECK(world.verdicts == 1);

    const auto leaf = world.audit_entries("document.filed").at(0);
    CHECK(leaf.at("upload") == upload.text());
    CHECK(leaf.at("consent") == world.rows->consent.text());
    CHECK(leaf.at("epoch") == 1);
    CHECK(leaf.at("edgeIndex") == 0);
    CHECK(leaf.at("_sd").size() == 2);
    CHECK(leaf.dump().find("verslag") == std::string::npos);
}

TEST_CASE("documents of every size around a chunk are filed as they were") {
    for (const std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{65'535}, std::size_t{65'536}, std::size_t{65'537}}) {
        World world;
        const auto plain = world::some_bytes(size);
        const auto upload = world.upload(plain);
        run_turns(world, 1);
        INFO("size " << size);
        check_filed_once(world, upload, plain);
    }
}

TEST_CASE("what is stored opens only with the compartment's key, not with the intake key") {
    World world;
    const auto upload = world.upload(world::some_bytes(1'000));
    run_turns(world, 1);
    const auto document = world.document(upload);
    const auto header = world.case_store->header(document.id);
    REQUIRE(header.has_value());
    crypto::age::HeaderParser parser;
    REQUIRE(parser.feed(crypto::as_bytes(*header)).has_value());
    const auto grant = world.database->read([&](storage::Connection& connection) -> storage::Result<ledger::Grant> {
        return *ledger::Grants::find(connection, world.rows->grant);
    });
    const auto intake_text = world.keyring->unseal(grant->sealed_identity);
    const auto intake = crypto::open::X25519Identity::parse(intake_text->expose_text());
    const crypto::open::Identity* const identities[] = {&*intake};
    const auto opened = crypto::open::open_header(parser.take(), identities);
    REQUIRE(opened.has_error());
    CHECK(opened.error() == crypto::Errc::no_match);
}

TEST_CASE("a stop at any step, and at any piece of the content, costs a repetition and nothing else") {
    std::size_t stopped_at = 0;
    for (bool finished = false; !finished; ++stopped_at) {
        World world;
        const auto plain = world::some_bytes(30'000);
        const auto upload = world.upload(plain);
        {
            pull_log(world);
            const auto tools = world.router_tools();
            core::CaseTypes case_types;
            std::size_t asked = 0;
            core::router::Delivery delivery(tools, case_types, [&](core::router::Step) { return asked++ != stopped_at; });
            const auto end = delivery.run(world.document(upload).id);
            finished = end.has_value() && *end == core::router::Delivery::End::decided;
        }
        world.restart();
        run_turns(world, 2);
        INFO("stopped at " << stopped_at);
        check_filed_once(world, upload, plain);
    }
    CHECK(stopped_at == 8 + 4 + 1);  // eight steps, four pieces of content, and the run that was not stopped
}

TEST_CASE("an edge that goes away at any call costs a repetition and nothing else") {
    std::size_t failed = 0;
    for (bool reached = true; reached; ++failed) {
        World world;
        const auto plain = world::some_bytes(30'000);
        const auto upload = world.upload(plain);
        world.edge.fail_call = failed;
        run_turns(world, 1);
        reached = world.edge.calls > failed;
        world.restart();
        run_turns(world, 2);
        INFO("failed call " << failed);
        check_filed_once(world, upload, plain);
    }
    CHECK(failed == 4);  // log, upload, content, and the run in which none failed
}

TEST_CASE("a half-written payload is replaced") {
    World world;
    const auto plain = world::some_bytes(100'000);
    const auto upload = world.upload(plain);
    world.edge.cut_content_after = 50'000;
    run_turns(world, 1);
    CHECK(state_of(world, upload) == "filing");
    CHECK(world.stored_files() == 1);
    world.edge.cut_content_after.reset();
    world.restart();
    run_turns(world, 1);
    check_filed_once(world, upload, plain);
}

TEST_CASE("a case store that filed before core could write it down is filed again under the same id") {
    World world;
    const auto plain = world::some_bytes(5'000);
    const auto upload = world.upload(plain);
    {
        pull_log(world);
        const auto tools = world.router_tools();
        core::CaseTypes case_types;
        core::router::Delivery delivery(tools, case_types, [](core::router::Step step) { return step != core::router::Step::record; });
        REQUIRE(delivery.run(world.document(upload).id).has_value());
    }
    const auto id = world.document(upload).id;
    CHECK(world.case_store->contains(id));
    world.restart();
    run_turns(world, 1);
    CHECK(world.document(upload).id == id);
    check_filed_once(world, upload, plain);
}

TEST_CASE("a consent withdrawn while the upload waits: the content is not even fetched, and both sides are told") {
    World world;
    const auto upload = world.upload(world::some_bytes(1'000));
    world.withdraw_consent();
    run_turns(world, 2);
    check_stopped(world, upload, "withdrawn", "withdrawn");
    CHECK(world.edge.content_calls == 0);
    CHECK(world.mails_of("withdrawal-uploader") == std::vector<std::string>{"peeters@praktijk.test"});
    const auto entry = world.audit_entries("document.refused").at(0);
    CHECK(entry.at("rule") == "release-medical");
    CHECK(entry.at("consent") == world.rows->consent.text());
    CHECK(entry.at("epoch") == 2);

    world.publisher().turn();
    const auto outcome = world.open_outcome(upload);
    CHECK(outcome.at("state") == "withdrawn");
    CHECK(outcome.at("code") == "consent-withdrawn");
    CHECK(outcome.at("reason").size() == 4);
    CHECK(world.edge.uploads.empty());  // not kept
}

TEST_CASE("a party whose link was withdrawn at the desk is not mailed about it again for each document") {
    World world;
    const auto upload = world.upload(world::some_bytes(10));
    world.withdraw_consent();
    const auto closed = world.database->commit([&](storage::Connection& connection) {
        return ledger::Grants::change(connection, world.rows->grant, policies::GrantState::withdrawn, 2);
    });
    REQUIRE(closed.has_value());
    run_turns(world, 1);
    check_stopped(world, upload, "withdrawn", "withdrawn");
    CHECK(world.mails_of("withdrawal-uploader").empty());
}

TEST_CASE("a consent that ran out while the upload waited counts as none") {
    World world;
    const auto upload = world.upload(world::some_bytes(10));
    world.clock.pass(91 * policies::one_day);
    run_turns(world, 1);
    check_stopped(world, upload, "withdrawn", "expired");
    CHECK(world.edge.content_calls == 0);
    world.publisher().turn();
    CHECK(world.open_outcome(upload).at("code") == "consent-expired");
}

TEST_CASE("a consent withdrawn at any step wins until the document is filed") {
    for (const auto at : core::router::all_steps) {
        World world;
        const auto upload = world.upload(world::some_bytes(30'000));
        pull_log(world);
        const auto tools = world.router_tools();
        core::CaseTypes case_types;
        bool withdrawn = false;
        bool store_asked = false;
        core::router::Delivery delivery(tools, case_types, [&](core::router::Step step) {
            store_asked = store_asked || step == core::router::Step::store;
            if (step == at && !std::exchange(withdrawn, true)) {
                world.withdraw_consent();
            }
            return true;
        });
        REQUIRE(delivery.run(world.document(upload).id).has_value());
        INFO("withdrawn before step " << static_cast<int>(at));
        check_stopped(world, upload, "withdrawn", "withdrawn");
        CHECK(store_asked == (at > core::router::Step::ask_again));
        CHECK(world.edge.content_calls == (at <= core::router::Step::begin_filing ? 0U : 1U));
    }
}

TEST_CASE("a consent withdrawn while core was away wins, however far the document had come") {
    using core::router::Step;
    for (const auto stopped_at : {Step::open_manifest, Step::begin_filing, Step::fetch}) {
        World world;
        const auto upload = world.upload(world::some_bytes(30'000));
        pull_log(world);
        const auto tools = world.router_tools();
        core::CaseTypes case_types;
        core::router::Delivery first(tools, case_types, [&](Step step) { return step != stopped_at; });
        REQUIRE(first.run(world.document(upload).id).has_value());
        world.withdraw_consent();
        bool opened = false;
        core::router::Delivery second(tools, case_types, [&](Step step) {
            opened = opened || step == Step::open_manifest || step == Step::fetch;
            return true;
        });
        REQUIRE(second.run(world.document(upload).id).has_value());
        INFO("stopped before step " << static_cast<int>(stopped_at));
        CHECK_FALSE(opened);
        CHECK(world.edge.content_calls == 0);
        check_stopped(world, upload, "withdrawn", "withdrawn");
    }
}

TEST_CASE("a document that does not hold what it says is not kept") {
    World world;
    world::Spoil spoil;
    std::string state = "redo";
    std::string cause = "damaged";
    bool content_fetched = true;

    SECTION("sealed by somebody without the link") {
        spoil.before_leaf = [](auto& stored) { stored.upload.mac.bytes[0] ^= 1; };
        state = "refused";
        cause = "forged";
        content_fetched = false;
    }
    SECTION("another plaintext hash in the manifest") {
        spoil.manifest = [](auto& manifest) { manifest.sha256.bytes[5] ^= 1; };
    }
    SECTION("another plaintext size in the manifest") {
        spoil.manifest = [](auto& manifest) { manifest.size -= 1; };
    }
    SECTION("a payload that was cut short before it was sealed") {
        spoil.cut_payload = 7'000;
    }
    SECTION("encrypted to another key") {
        spoil.recipient = crypto::open::X25519Identity::generate(world.random).recipient().text();
        cause = "not-for-us";
        content_fetched = false;
    }
    SECTION("sealed for another item") {
        spoil.manifest = [&world](auto& manifest) { manifest.item = world.rows->other_item.text(); };
        state = "refused";
        cause = "wrong-request";
        content_fetched = false;
    }
    SECTION("larger than was asked for") {
        spoil.manifest = [](auto& manifest) { manifest.size = 1'000'001; };
        state = "refused";
        cause = "too-large";
        content_fetched = false;
    }
    SECTION("the edge hands out other bytes") {
        spoil.after_leaf = [](auto& stored) { stored.content[20'000] ^= 1; };
        cause = "changed";
    }
    SECTION("the edge hands out fewer bytes") {
        spoil.after_leaf = [](auto& stored) { stored.content.pop_back(); };
        cause = "changed";
    }
    SECTION("the edge hands out more bytes") {
        spoil.after_leaf = [](auto& stored) { stored.content.push_back(0); };
        cause = "changed";
    }
    SECTION("the edge hands out another manifest") {
        spoil.after_leaf = [](auto& stored) { stored.upload.manifest.back() ^= 1; };
        cause = "changed";
        content_fetched = false;
    }
    SECTION("the edge lost it") {
        spoil.after_leaf = [](auto& stored) { stored.upload.id = *policies::UploadId::parse(std::string(32, '0')); };
        cause = "changed";
        content_fetched = false;
    }

    const auto upload = world.upload(world::some_bytes(30'000), spoil);
    run_turns(world, 2);
    check_stopped(world, upload, state, cause);
    CHECK(world.edge.content_calls == (content_fetched ? 1U : 0U));
    world.publisher().turn();
    const auto outcome = world.open_outcome(upload);
    CHECK(outcome.at("state") == state);
    CHECK(outcome.at("receipt").is_null());
    for (const auto* language : {"nl", "fr", "de", "en"}) {
        CHECK_FALSE(outcome.at("reason").at(language).get<std::string>().empty());
    }
}

TEST_CASE("an upload that the edge no longer has ends as a redo") {
    World world;
    const auto upload = world.upload(world::some_bytes(10));
    world.edge.uploads.clear();
    run_turns(world, 1);
    check_stopped(world, upload, "redo", "gone");
    CHECK(world.mails_of("redo") == std::vector<std::string>{"peeters@praktijk.test"});
}

TEST_CASE("a dossier takes as many bytes as its case type allows") {
    World world(5);
    std::vector<policies::UploadId> uploads;
    for (const std::size_t size : {1'000'000U, 1'000'000U, 500'001U, 500'000U}) {
        uploads.push_back(world.upload(world::some_bytes(size)));
    }
    run_turns(world, 1);
    CHECK(state_of(world, uploads[1]) == "filed");
    CHECK(state_of(world, uploads[2]) == "refused");
    CHECK(state_of(world, uploads[3]) == "filed");
    CHECK(world.audit_entries("document.refused").at(0).at("reason") == "dossier-full");
}

TEST_CASE("an item takes as many documents as were asked for") {
    World world(2);
    std::vector<policies::UploadId> uploads;
    for (int count = 0; count < 3; ++count) {
        uploads.push_back(world.upload(world::some_bytes(100)));
    }
    run_turns(world, 1);
    CHECK(state_of(world, uploads[0]) == "filed");
    CHECK(state_of(world, uploads[1]) == "filed");
    CHECK(state_of(world, uploads[2]) == "refused");
    CHECK(world.audit_entries("document.refused").at(0).at("reason") == "too-many");
}
