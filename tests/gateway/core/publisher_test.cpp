#include "tests/gateway/core/world.hpp"

#include "crypto/age/stream.hpp"
#include "crypto/open/envelope.hpp"
#include "crypto/receipt.hpp"
#include "storage/core/grant_machines.hpp"

using world::World;
namespace core = gateway::core;

namespace {

storage::core::Grant grant_of(World& world) {
    const auto grant = world.database->read([&](storage::Connection& connection) -> storage::Result<storage::core::Grant> {
        return *storage::core::Grants::find(connection, world.rows->grant);
    });
    return *grant;
}

nlohmann::json open_envelope(World& world, const nlohmann::json& posting) {
    const auto sealed = crypto::from_base64(posting.at("envelope").get<std::string>());
    const auto version = posting.at("version").get<std::uint64_t>();
    const auto opened = crypto::open::open_envelope(world.keys->envelope, {world.rows->grant.text(), version}, *sealed);
    REQUIRE(opened.has_value());
    return nlohmann::json::parse(*opened);
}

}  // namespace

TEST_CASE("a grant is published once, and the envelope opens with the link's key") {
    World world;
    auto publisher = world.publisher();
    publisher.turn();
    publisher.turn();
    REQUIRE(world.edge.postings[world.rows->grant].size() == 1);
    CHECK(grant_of(world).published_version == 1);

    const auto posting = nlohmann::json::parse(world.edge.postings[world.rows->grant][0]);
    CHECK(posting.at("grant") == world.rows->grant.text());
    CHECK(posting.at("state") == "open");
    CHECK(posting.at("tokenHash") == crypto::sha256(world.keys->access.expose()).hex());
    CHECK(posting.at("items").size() == 2);
    CHECK(posting.at("items")[0].at("code") == world.rows->item.text());
    CHECK(posting.at("limits").at("filesMax") == 6);
    CHECK(posting.at("limits").at("openUploadsMax").get<int>() > 0);
    CHECK(posting.at("limits").at("bytesMax").get<std::uint64_t>() > 1'000'000);
    // A document of exactly the size that was asked for fits when it is encrypted.
    CHECK(posting.at("items")[0].at("fileBytesMax").get<std::uint64_t>() >= crypto::age::payload_size(1'000'000) + 200);

    const auto envelope = open_envelope(world, posting);
    CHECK(envelope.at("grant") == world.rows->grant.text());
    CHECK(envelope.at("recipient") == world.intake);
    CHECK(envelope.at("caseNumber") == "2026-0001");
    CHECK(envelope.at("party") == "Dr. Peeters");
    CHECK(envelope.at("asker").at("name") == "Els Handler");
    CHECK(envelope.at("asker").at("phone") == "+32 9 555 01 17");
    CHECK(envelope.at("consent").at("state") == "given");
    CHECK_FALSE(envelope.at("consent").at("statement").at("nl").get<std::string>().empty());
    CHECK(envelope.at("consent").at("since") == "2026-11-24T10:00:00.000000Z");
    CHECK(envelope.at("items")[0].at("fileBytesMax") == 1'000'000);
    CHECK(envelope.at("items")[0].at("required") == true);
    CHECK(envelope.at("logs").at("core") == world.audit->verifier().vkey());
    CHECK(envelope.at("edge") == "https://edge.test");
}

TEST_CASE("nothing that means anything stands outside the envelope") {
    World world;
    world.publisher().turn();
    const auto& posting = world.edge.postings[world.rows->grant].at(0);
    for (const auto* canary : {"Peeters", "Client", "2026-0001", "medical", "Els", "verslag", "Stad", "age1"}) {
        INFO(canary);
        CHECK(posting.find(canary) == std::string::npos);
    }
    CHECK(world.edge.postings[world.rows->grant].at(0).find(world.rows->dossier.text()) == std::string::npos);
}

TEST_CASE("an envelope never says whom the dossier is about") {
    World world;
    world.publisher().turn();
    const auto envelope = open_envelope(world, nlohmann::json::parse(world.edge.postings[world.rows->grant].at(0)));
    CHECK(envelope.dump().find("A. Client") == std::string::npos);
}

TEST_CASE("a withdrawal is published as a newer version") {
    World world;
    auto publisher = world.publisher();
    publisher.turn();
    world.withdraw_consent();
    const auto raised = world.database->commit([&](storage::Connection& connection) {
        return storage::core::Grants::change(connection, world.rows->grant, policies::GrantState::withdrawn, 2);
    });
    REQUIRE(raised.has_value());
    publisher.turn();
    REQUIRE(world.edge.postings[world.rows->grant].size() == 2);
    const auto posting = nlohmann::json::parse(world.edge.postings[world.rows->grant][1]);
    CHECK(posting.at("version") == 2);
    CHECK(posting.at("state") == "withdrawn");
    CHECK(posting.at("epoch") == 2);
    CHECK(open_envelope(world, posting).at("consent").at("state") == "withdrawn");
}

TEST_CASE("an edge that is away is tried again, later and later, and nothing is lost") {
    World world;
    auto publisher = world.publisher();
    std::vector<std::int64_t> waits;
    for (std::size_t failure = 0; failure < 8; ++failure) {
        world.edge.fail_call = world.edge.calls;
        waits.push_back(publisher.turn().count());
    }
    CHECK(waits == std::vector<std::int64_t>{500, 1'000, 2'000, 4'000, 8'000, 16'000, 30'000, 30'000});
    CHECK(grant_of(world).published_version == 0);
    world.edge.fail_call.reset();
    publisher.turn();
    CHECK(grant_of(world).published_version == 1);
    CHECK(publisher.turn().count() == 1'000);
}

TEST_CASE("a posting that the edge declines is tried less and less often, and does not slow down the rest") {
    World world;
    world.edge.declined.insert(world.rows->grant);
    const auto upload = world.upload(world::some_bytes(10));
    world.router().turn();
    auto publisher = world.publisher();
    CHECK(publisher.turn().count() == 0);
    CHECK(world.open_outcome(upload).at("state") == "filed");
    const auto calls = world.edge.calls.load();
    CHECK(publisher.turn().count() == 1'000);
    CHECK(world.edge.calls == calls);  // not before its time
    for (const int seconds : {1, 1, 2}) {
        world.clock.pass(seconds * policies::one_second);
        CHECK(publisher.turn().count() == 1'000);
    }
    CHECK(world.edge.calls == calls + 3);
    world.edge.declined.clear();
    world.clock.pass(30 * policies::one_second);
    publisher.turn();
    CHECK(grant_of(world).published_version == 1);
}

TEST_CASE("a filed document's outcome carries a filing receipt that verifies offline") {
    World world;
    const auto plain = world::some_bytes(1'234);
    const auto upload = world.upload(plain);
    world.router().turn();
    auto publisher = world.publisher();
    publisher.turn();

    const auto outcome = world.open_outcome(upload);
    CHECK(outcome.at("state") == "filed");
    CHECK(outcome.at("upload") == upload.text());
    CHECK(outcome.at("reason").is_null());
    const auto receipt = crypto::parse_receipt(outcome.at("receipt").get<std::string>());
    REQUIRE(receipt.has_value());
    const auto checkpoint = crypto::verify_receipt(*receipt, std::span(&world.audit->verifier(), 1));
    REQUIRE(checkpoint.has_value());
    const auto leaf = nlohmann::json::parse(receipt->leaf);
    CHECK(leaf.at("act") == "document.filed");
    CHECK(leaf.at("upload") == upload.text());

    // The disclosures are those of the leaf, and tell the uploader which bytes were filed.
    REQUIRE(outcome.at("disclosures").size() == 2);
    std::string disclosed;
    for (const auto& disclosure : outcome.at("disclosures")) {
        const auto text = disclosure.get<std::string>();
        const auto digest = crypto::to_base64url(crypto::sha256(crypto::as_bytes(text)).bytes);
        CHECK(std::find(leaf.at("_sd").begin(), leaf.at("_sd").end(), digest) != leaf.at("_sd").end());
        disclosed += crypto::as_text(*crypto::from_base64url(text));
    }
    CHECK_THAT(disclosed, ContainsSubstring(crypto::sha256(plain).hex()));

    CHECK_FALSE(world.edge.outcomes.at(upload).keep);
    const auto calls = world.edge.calls.load();
    publisher.turn();
    CHECK(world.edge.calls == calls);  // told once
}

TEST_CASE("an outcome is told again when core was killed before it wrote that down") {
    World world;
    const auto upload = world.upload(world::some_bytes(10));
    world.publisher().turn();
    world.router().turn();
    world.edge.fail_call = world.edge.calls;
    world.publisher().turn();
    CHECK(world.document(upload).outcome_published == 0);
    world.restart();
    world.publisher().turn();
    CHECK(world.document(upload).outcome_published == 1);
    CHECK(world.open_outcome(upload).at("state") == "filed");
}

TEST_CASE("what the edge answers is parsed or refused") {
    using namespace gateway::core;
    CHECK(parse_log_page(R"({"checkpoint":"x","entries":["YQ=="]})")->entries.at(0) == crypto::Bytes{'a'});
    for (const auto* text :
         {"", "[]", "{}", R"({"checkpoint":1,"entries":[]})", R"({"checkpoint":"x","entries":["?"]})", R"({"checkpoint":"x"})"}) {
        INFO(text);
        CHECK(parse_log_page(text).error() == LinkErrc::malformed);
    }
    nlohmann::json many = {{"checkpoint", "x"}, {"entries", std::vector<std::string>(256, "YQ==")}};
    CHECK(parse_log_page(many.dump()).has_value());
    many["entries"].push_back("YQ==");
    CHECK(parse_log_page(many.dump()).has_error());

    nlohmann::json upload = {
        {"id", std::string(32, 'a')},
        {"grant", std::string(32, 'b')},
        {"item", std::string(32, 'c')},
        {"size", 12},
        {"sha256", std::string(64, 'd')},
        {"state", "sealed"},
        {"index", 3},
        {"manifest", "YQ=="},
        {"mac", std::string(64, 'e')}
    };
    REQUIRE(parse_sealed_upload(upload.dump()).has_value());
    CHECK(parse_sealed_upload(upload.dump())->size == 12);
    for (const auto* field : {"id", "grant", "item", "size", "sha256", "manifest", "mac"}) {
        auto without = upload;
        without.erase(field);
        INFO(field);
        CHECK(parse_sealed_upload(without.dump()).error() == LinkErrc::malformed);
    }
    upload["size"] = -1;
    CHECK(parse_sealed_upload(upload.dump()).has_error());
}

TEST_CASE("a posting names the machines of the grant by digest") {
    World world;
    const core::Machine client = storage::OAuthClient{"https://idp.test", "builder"};
    REQUIRE(world.database
                ->commit([&](storage::Connection& connection) -> storage::Result<void> {
                    storage::core::GrantMachines::add(connection, world.rows->grant, client, world.clock.now());
                    return {};
                })
                .has_value());
    auto publisher = world.publisher();
    publisher.turn();
    const auto posting = nlohmann::json::parse(world.edge.postings[world.rows->grant].back());
    CHECK(posting.at("machines").at("clients") == nlohmann::json{storage::digest_of(std::get<storage::OAuthClient>(client)).hex()});
    CHECK(posting.at("machines").at("certificates").empty());
    CHECK(posting.dump().find("builder") == std::string::npos);
}

TEST_CASE("the edge is told the issuers at the start, when they change, now and then, and until it has heard") {
    World world;
    core::PublisherOptions options{"Stad Test", "https://edge.test", world.edge.verifier().vkey()};
    options.issuers = "first";
    core::Publisher publisher({*world.database, *world.audit, *world.keyring, world.edge, world.clock, world.random}, options);
    world.edge.fail_call = 0;
    publisher.turn();
    CHECK(world.edge.issuers.empty());
    CHECK(world.edge.postings.empty());  // away for one is away for all
    publisher.turn();
    publisher.turn();
    CHECK(world.edge.issuers == std::vector<std::string>{"first"});
    publisher.change_issuers("first");
    publisher.turn();
    CHECK(world.edge.issuers.size() == 1);
    publisher.change_issuers("second");
    publisher.turn();
    CHECK(world.edge.issuers == std::vector<std::string>{"first", "second"});
    world.clock.pass(600 * policies::one_second);
    publisher.turn();
    CHECK(world.edge.issuers == std::vector<std::string>{"first", "second", "second"});
}
