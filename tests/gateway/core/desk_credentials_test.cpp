#include "crypto/link.hpp"
#include "storage/core/credentials.hpp"
#include "tests/gateway/core/office.hpp"

using namespace office;
using policies::one_day;
using Kind = core::Refusal::Kind;

namespace {

// A contractor's dossier with a request of two items.
struct Site {
    Site()
        : dossier(done(office.desk->open_dossier(office.handler, {"city-renewal", "SV-1", "Kanaalplein", std::nullopt}))),
          party(done(office.desk->add_party(office.handler, dossier, {"contractor", "Bouwwerken De Smet", "b@bouw.test"}))),
          request(
              done(office.desk->make_request(office.handler, dossier, office.request_to(party, {{"site-report", true}, {"photo", false}})))
          ) {}

    core::NewCredential wanted(std::vector<std::string> items = {"site-report"}) {
        return {"Werfserver", std::move(items), office.clock.now() + 90 * one_day};
    }
    core::MadeCredential make(std::vector<std::string> items = {"site-report"}) {
        return made(office.desk->make_credential(office.handler, request.request, wanted(std::move(items))));
    }
    static core::MadeCredential made(core::Deed<core::MadeCredential> deed) {
        REQUIRE(deed.has_value());
        if (const auto* refusal = std::get_if<core::Refusal>(&*deed)) {
            FAIL("refused: " << refusal->detail);
        }
        return std::move(std::get<core::MadeCredential>(*deed));
    }
    ledger::Grant grant(const policies::GrantId& id) {
        return office.read([&](auto& connection) { return *ledger::Grants::find(connection, id); });
    }
    std::string state(const policies::GrantId& id) {
        return office.read([&](auto& connection) {
            const auto credential = *ledger::Credentials::find(connection, id);
            return std::string(policies::text_of(ledger::Credentials::state(connection, credential, office.clock.now())));
        });
    }

    Office office;
    policies::DossierId dossier;
    policies::PartyId party;
    core::MadeRequest request;
};

}  // namespace

TEST_CASE("A credential is a grant whose link is given once, with no mail and no trace of its secret") {
    Site site;
    const auto mails = site.office.mails("invitation").size();
    const auto made = site.make();
    CHECK(made.label == "Werfserver");
    CHECK(made.items == std::vector<std::string>{"site-report"});
    CHECK(made.expires_at == site.office.clock.now() + 90 * one_day);
    const std::string link(made.link.expose_text());
    REQUIRE(link.starts_with("https://upload.test/u#"));
    const auto fragment = crypto::parse_link_fragment(link.substr(link.find('#') + 1));
    REQUIRE(fragment.has_value());
    CHECK(fragment->grant == made.id.text());

    const auto grant = site.grant(made.id);
    const auto keys = crypto::derive_link_keys(fragment->secret, fragment->grant);
    CHECK(crypto::sha256(keys.access.expose()) == grant.token_hash);
    CHECK(site.office.keyring->unseal(grant.sealed_keys)->size() == 64);
    CHECK(grant.recipient != site.grant(site.request.grant).recipient);
    CHECK(grant.published_version < grant.version);
    CHECK(site.office.mails("invitation").size() == mails);

    const auto entries = site.office.entries("credential.created");
    REQUIRE(entries.size() == 1);
    CHECK(entries[0].at("request") == site.request.request.text());
    CHECK(entries[0].at("grant") == made.id.text());
    CHECK(entries[0].at("staff") == site.office.handler.id.text());
    CHECK(entries[0].dump().find("Werfserver") == std::string::npos);
}

TEST_CASE("A credential is refused for what is no label, item or day") {
    Site site;
    const auto kind = [&](const core::NewCredential& wanted) {
        return refused(site.office.desk->make_credential(site.office.handler, site.request.request, wanted)).kind;
    };
    auto wanted = site.wanted();
    for (const auto& label : {std::string(), std::string("  "), std::string("a\nb"), std::string(101, 'a')}) {
        wanted.label = label;
        CHECK(kind(wanted) == Kind::invalid);
    }
    CHECK(kind(site.wanted({})) == Kind::invalid);
    CHECK(kind(site.wanted({"site-report", "site-report"})) == Kind::invalid);
    CHECK(kind(site.wanted({"drawing"})) == Kind::invalid);  // of the case type, but not asked for
    CHECK(kind(site.wanted({"nothing"})) == Kind::invalid);
    wanted = site.wanted();
    wanted.expires_at = site.office.clock.now();
    CHECK(kind(wanted) == Kind::invalid);
    wanted.expires_at = site.office.clock.now() + 400 * one_day + 1;
    CHECK(kind(wanted) == Kind::invalid);
    wanted.expires_at = site.office.clock.now() + 400 * one_day;
    wanted.label = std::string(100, 'a');
    Site::made(site.office.desk->make_credential(site.office.handler, site.request.request, wanted));
    CHECK(site.office.entries("credential.created").size() == 1);
}

TEST_CASE("Who does not handle the dossier makes, replaces and revokes no credential, and a mailed link is none") {
    Site site;
    const auto made = site.make();
    for (const auto* staff : {&site.office.other_handler, &site.office.doctor, &site.office.dpo, &site.office.operations}) {
        CAPTURE(staff->user);
        CHECK(refused(site.office.desk->make_credential(*staff, site.request.request, site.wanted())).kind == Kind::not_found);
        CHECK(refused(site.office.desk->rotate_credential(*staff, made.id, 1)).kind == Kind::not_found);
        CHECK(refused(site.office.desk->revoke_credential(*staff, made.id)).kind == Kind::not_found);
    }
    CHECK(refused(site.office.desk->rotate_credential(site.office.handler, site.request.grant, 1)).kind == Kind::not_found);
    CHECK(refused(site.office.desk->revoke_credential(site.office.handler, site.request.grant)).kind == Kind::not_found);
    CHECK(site.state(made.id) == "active");
}

TEST_CASE("Only a contractor whom nothing asks for a code holds a credential") {
    Office office;
    const auto dossier = office.open_dossier();
    const auto party = office.add_doctor(dossier);
    done(office.desk->register_consent(office.handler, dossier, office.consent_of(party)));
    const auto made = done(office.desk->make_request(office.handler, dossier, office.request_to(party)));
    const core::NewCredential wanted{"Praktijk", {"medical-report"}, office.clock.now() + one_day};
    CHECK(refused(office.desk->make_credential(office.handler, made.request, wanted)).kind == Kind::invalid);
}

TEST_CASE("A replaced credential works until the overlap ends, and the new one lives as long as the old was meant to") {
    Site site;
    const auto old = site.make({"photo"});
    site.office.clock.pass(60 * one_day);
    const auto next = Site::made(site.office.desk->rotate_credential(site.office.handler, old.id, 48));
    CHECK(next.id != old.id);
    CHECK(next.label == "Werfserver");
    CHECK(next.items == std::vector<std::string>{"photo"});
    CHECK(next.expires_at == site.office.clock.now() + 90 * one_day);
    CHECK(site.grant(old.id).expires_at == site.office.clock.now() + 2 * one_day);
    CHECK(site.grant(old.id).state == policies::GrantState::open);
    CHECK(site.grant(old.id).version == 2);
    CHECK(site.state(old.id) == "expiring");
    CHECK(site.state(next.id) == "active");
    CHECK(refused(site.office.desk->rotate_credential(site.office.handler, old.id, 1)).kind == Kind::conflict);
    site.office.clock.pass(2 * one_day);
    CHECK(site.state(old.id) == "expired");
    CHECK(refused(site.office.desk->revoke_credential(site.office.handler, old.id)).kind == Kind::conflict);
    const auto entry = site.office.entries("credential.rotated").at(0);
    CHECK(entry.at("replaces") == old.id.text());
    CHECK(entry.at("grant") == next.id.text());
    CHECK(entry.at("overlapHours") == 48);
}

TEST_CASE("An overlap never makes the old credential live longer, and none of 721 hours is given") {
    Site site;
    const auto old = site.make();
    site.office.clock.pass(80 * one_day);
    CHECK(refused(site.office.desk->rotate_credential(site.office.handler, old.id, 721)).kind == Kind::invalid);
    Site::made(site.office.desk->rotate_credential(site.office.handler, old.id, 720));
    CHECK(site.grant(old.id).expires_at == old.expires_at);
}

TEST_CASE("Without an overlap the old credential is closed at once") {
    Site site;
    const auto old = site.make();
    Site::made(site.office.desk->rotate_credential(site.office.handler, old.id, 0));
    CHECK(site.grant(old.id).state == policies::GrantState::closed);
    CHECK(site.state(old.id) == "expired");
}

TEST_CASE("A revoked credential's posting is closed; the mailed link and the other credentials go on") {
    Site site;
    const auto made = site.make();
    const auto other = site.make();
    done(site.office.desk->revoke_credential(site.office.handler, made.id));
    CHECK(site.grant(made.id).state == policies::GrantState::closed);
    CHECK(site.grant(made.id).version == 2);
    CHECK(site.state(made.id) == "revoked");
    CHECK(site.state(other.id) == "active");
    CHECK(site.grant(site.request.grant).version == 1);
    CHECK(refused(site.office.desk->revoke_credential(site.office.handler, made.id)).kind == Kind::conflict);
    CHECK(refused(site.office.desk->rotate_credential(site.office.handler, made.id, 1)).kind == Kind::conflict);
    CHECK(site.office.entries("credential.revoked").at(0).at("grant") == made.id.text());
}

TEST_CASE("Twenty credentials of a request are in use at a time, and each of them can still be replaced") {
    Site site;
    auto last = site.make();
    for (int count = 1; count < 20; ++count) {
        last = site.make();
    }
    CHECK(refused(site.office.desk->make_credential(site.office.handler, site.request.request, site.wanted())).kind == Kind::conflict);
    Site::made(site.office.desk->rotate_credential(site.office.handler, last.id, 1));
    done(site.office.desk->revoke_credential(site.office.handler, last.id));
    CHECK(refused(site.office.desk->make_credential(site.office.handler, site.request.request, site.wanted())).kind == Kind::conflict);
}

TEST_CASE("A dossier whose keys were destroyed gets no new credential, and those it had are over") {
    Site site;
    const auto made = site.make();
    site.office.write([&](auto& connection) { ledger::Grants::destroy_keys(connection, site.dossier); });
    CHECK(site.state(made.id) == "revoked");
    CHECK(refused(site.office.desk->make_credential(site.office.handler, site.request.request, site.wanted())).kind == Kind::conflict);
}

namespace {

// The medical case type, where the provider is a contractor with a program: no case type that ships asks consent of one.
void make_provider_a_contractor(Office& office) {
    std::ifstream in(std::string(SLUIS_SOURCE_DIR) + "/policies/medical-unfitness.json");
    auto type = nlohmann::json::parse(in);
    for (auto& party : type.at("parties")) {
        if (party.at("id") == "treating-provider") {
            party["kind"] = "contractor";
            party["authentication"] = {{{"method", "mtls"}}};
        }
    }
    const auto folder = office.folder.path() / "types";
    std::filesystem::create_directory(folder);
    std::ofstream(folder / "medical-unfitness.json") << type.dump();
    const auto types = core::read_case_types(folder);
    REQUIRE(types.faults.empty());
    auto shelf = core::CaseTypeShelf::open(*office.database, types);
    REQUIRE(shelf.has_value());
    *office.shelf = std::move(*shelf);
}

}  // namespace

TEST_CASE("Consent reaches a credential as it reaches the mailed link: its end, the next one, and its withdrawal with one mail") {
    Office office;
    make_provider_a_contractor(office);
    const auto dossier = office.open_dossier();
    const auto party = office.add_doctor(dossier);
    auto consent = office.consent_of(party);
    const auto first = done(office.desk->register_consent(office.handler, dossier, consent));
    const auto asked = office.request_to(party, {{"medical-report", true}, {"unfitness-certificate", false}});
    const auto request = done(office.desk->make_request(office.handler, dossier, asked));
    const auto make = [&](std::string item) {
        const core::NewCredential wanted{"Praktijk", {std::move(item)}, office.clock.now() + 90 * one_day};
        return Site::made(office.desk->make_credential(office.handler, request.request, wanted));
    };
    const auto grant = [&](const policies::GrantId& id) {
        return office.read([&](auto& connection) { return *ledger::Grants::find(connection, id); });
    };
    const auto medical = make("medical-report");
    const auto certificate = make("unfitness-certificate");
    CHECK(medical.expires_at == consent.until);
    CHECK(certificate.expires_at == office.clock.now() + 90 * one_day);

    consent.from = consent.until;
    consent.until = consent.from + 200 * one_day;
    const auto second = done(office.desk->register_consent(office.handler, dossier, consent));
    CHECK(grant(medical.id).expires_at == office.clock.now() + 90 * one_day);
    CHECK(grant(certificate.id).expires_at == office.clock.now() + 90 * one_day);

    // The first is in force now; the second follows and would be no help today.
    CHECK(done(office.desk->withdraw_consent(office.handler, first, "by phone")) == 2);
    CHECK(grant(request.grant).state == policies::GrantState::withdrawn);
    CHECK(grant(medical.id).state == policies::GrantState::withdrawn);
    CHECK(grant(certificate.id).state == policies::GrantState::open);
    CHECK(grant(certificate.id).epoch == grant(medical.id).epoch);
    CHECK(office.mails("withdrawal-uploader").size() == 1);
    CHECK(office.entries("grant.withdrawn").size() == 2);
    const core::NewCredential again{"Praktijk", {"unfitness-certificate"}, office.clock.now() + one_day};
    CHECK(refused(office.desk->make_credential(office.handler, request.request, again)).kind == Kind::conflict);
    CHECK(done(office.desk->withdraw_consent(office.handler, second, "")) == 0);
}

TEST_CASE("Without the consent it needs no credential is made, and the log says which one") {
    Office office;
    make_provider_a_contractor(office);
    const auto dossier = office.open_dossier();
    const auto party = office.add_doctor(dossier);
    done(office.desk->register_consent(office.handler, dossier, office.consent_of(party)));
    const auto request = done(office.desk->make_request(office.handler, dossier, office.request_to(party)));
    office.clock.pass(31 * one_day);
    const core::NewCredential wanted{"Praktijk", {"medical-report"}, office.clock.now() + one_day};
    CHECK(refused(office.desk->make_credential(office.handler, request.request, wanted)).kind == Kind::consent_missing);
    CHECK(office.entries("request.denied").at(0).at("reason") == "expired");
    CHECK(office.entries("credential.created").empty());
}
