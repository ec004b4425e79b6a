#include "crypto/link.hpp"
#include "tests/gateway/core/office.hpp"

using namespace office;

TEST_CASE("A dossier is opened with a key pair for each compartment, and its number is given once") {
    Office office;
    const auto dossier = office.open_dossier();
    const auto compartments = office.read([&](auto& connection) { return ledger::Dossiers::compartments(connection, dossier); });
    REQUIRE(compartments.size() == 2);
    CHECK(compartments[0].recipient != compartments[1].recipient);
    for (const auto& compartment : compartments) {
        const auto text = office.keyring->unseal(compartment.sealed_identity);
        REQUIRE(text.has_value());
        CHECK(crypto::open::X25519Identity::parse(text->expose_text())->recipient().text() == compartment.recipient);
    }
    CHECK(
        refused(office.desk->open_dossier(office.handler, {"medical-unfitness", "SOC-1", "Other", {}})).kind ==
        core::Refusal::Kind::conflict
    );
    CHECK(office.entries("dossier.opened").size() == 1);
}

TEST_CASE("Who is no handler, or not this dossier's, acts on nothing") {
    Office office;
    const auto dossier = office.open_dossier();
    const auto party = office.add_doctor(dossier);
    const auto consent = done(office.desk->register_consent(office.handler, dossier, office.consent_of(party)));
    for (const auto* staff : {&office.other_handler, &office.doctor, &office.dpo, &office.operations}) {
        CAPTURE(staff->user);
        using Kind = core::Refusal::Kind;
        CHECK(refused(office.desk->add_party(*staff, dossier, {"treating-provider", "X", "x@y.test"})).kind == Kind::not_found);
        CHECK(refused(office.desk->register_consent(*staff, dossier, office.consent_of(party))).kind == Kind::not_found);
        CHECK(refused(office.desk->withdraw_consent(*staff, consent, "")).kind == Kind::not_found);
        CHECK(refused(office.desk->make_request(*staff, dossier, office.request_to(party))).kind == Kind::not_found);
    }
    for (const auto* staff : {&office.doctor, &office.dpo, &office.operations}) {
        CHECK(refused(office.desk->open_dossier(*staff, {"medical-unfitness", "SOC-9", "X", {}})).kind == core::Refusal::Kind::not_found);
    }
}

TEST_CASE("Without the consent it needs a request sends nothing, and the handler is told which one is missing") {
    Office office;
    const auto dossier = office.open_dossier();
    const auto party = office.add_doctor(dossier);
    const auto refusal = refused(office.desk->make_request(office.handler, dossier, office.request_to(party)));
    CHECK(refusal.kind == core::Refusal::Kind::consent_missing);
    CHECK(refusal.detail.find("release-medical") != std::string::npos);
    CHECK(office.mails("invitation").empty());
    CHECK(office.read([&](auto& connection) { return ledger::Grants::to_publish(connection, 10); }).empty());
    const auto denied = office.entries("request.denied");
    REQUIRE(denied.size() == 1);
    CHECK(denied[0].at("reason") == "missing");
    CHECK(denied[0].at("gate") == "invite");
}

TEST_CASE("A request makes a grant whose link opens what core kept of it") {
    Office office;
    const auto dossier = office.open_dossier();
    const auto party = office.add_doctor(dossier);
    done(office.desk->register_consent(office.handler, dossier, office.consent_of(party)));
    const auto made = done(office.desk->make_request(office.handler, dossier, office.request_to(party)));
    const auto grant = office.read([&](auto& connection) { return *ledger::Grants::find(connection, made.grant); });
    CHECK(grant.version == 1);
    CHECK(grant.published_version == 0);
    CHECK(grant.epoch == 1);
    CHECK(grant.state == policies::GrantState::open);

    const auto mails = office.mails("invitation");
    REQUIRE(mails.size() == 1);
    CHECK(mails[0].mail.to == "els@practice.test");
    CHECK(mails[0].mail.subject == "SOC-1");
    CHECK_FALSE(mails[0].mail.body);
    const auto body = office.keyring->unseal(*mails[0].mail.sealed_body);
    REQUIRE(body.has_value());
    const std::string text(body->expose_text());
    CHECK(text.find("Maria") == std::string::npos);
    const auto at = text.find("https://upload.test/u#");
    REQUIRE(at != std::string::npos);
    const auto fragment = text.substr(at + 22, text.find('\n', at) - at - 22);
    const auto link = crypto::parse_link_fragment(fragment);
    REQUIRE(link.has_value());
    CHECK(link->grant == made.grant.text());
    const auto keys = crypto::derive_link_keys(link->secret, link->grant);
    CHECK(crypto::sha256(keys.access.expose()) == grant.token_hash);
    const auto kept = office.keyring->unseal(grant.sealed_keys);
    REQUIRE(kept->size() == 64);
    CHECK(crypto::equal_in_constant_time(kept->expose().first(32), keys.envelope.expose()));
    CHECK(crypto::equal_in_constant_time(kept->expose().last(32), keys.manifest.expose()));
    const auto intake = office.keyring->unseal(grant.sealed_identity);
    CHECK(crypto::open::X25519Identity::parse(intake->expose_text())->recipient().text() == grant.recipient);
}

TEST_CASE("A link ends with the consent it rests on, and lives on with the next one") {
    Office office;
    const auto dossier = office.open_dossier();
    const auto party = office.add_doctor(dossier);
    auto consent = office.consent_of(party);
    consent.until = office.clock.now() + 5 * policies::one_day;
    done(office.desk->register_consent(office.handler, dossier, consent));
    const auto asked = office.request_to(party);
    const auto made = done(office.desk->make_request(office.handler, dossier, asked));
    const auto grant = [&] { return office.read([&](auto& connection) { return *ledger::Grants::find(connection, made.grant); }); };
    CHECK(grant().expires_at == consent.until);

    auto gap = office.consent_of(party);
    gap.from = consent.until + 1;
    gap.until = gap.from + policies::one_day;
    done(office.desk->register_consent(office.handler, dossier, gap));
    CHECK(grant().expires_at == consent.until);
    CHECK(grant().version == 1);

    office.clock.pass(5 * policies::one_day + 1);
    auto next = office.consent_of(party);
    next.from = gap.until;
    next.until = gap.until + 100 * policies::one_day;
    done(office.desk->register_consent(office.handler, dossier, next));
    CHECK(grant().expires_at == asked.deadline);
    CHECK(grant().version == 2);
}

TEST_CASE("A withdrawal raises the epoch, re-versions the postings and tells everybody, in one transaction") {
    Office office;
    const auto dossier = office.open_dossier();
    const auto party = office.add_doctor(dossier);
    const auto consent = done(office.desk->register_consent(office.handler, dossier, office.consent_of(party)));
    const auto first = done(office.desk->make_request(office.handler, dossier, office.request_to(party)));
    const auto free = done(office.desk->make_request(office.handler, dossier, office.request_to(party, {{"unfitness-certificate", true}})));
    CHECK(done(office.desk->withdraw_consent(office.handler, consent, "by phone")) == 1);

    const auto stopped = office.read([&](auto& connection) { return *ledger::Grants::find(connection, first.grant); });
    CHECK(stopped.state == policies::GrantState::withdrawn);
    CHECK(stopped.version == 2);
    CHECK(stopped.epoch == 2);
    const auto kept = office.read([&](auto& connection) { return *ledger::Grants::find(connection, free.grant); });
    CHECK(kept.state == policies::GrantState::open);
    CHECK(kept.version == 2);
    CHECK(kept.epoch == 2);

    REQUIRE(office.entries("consent.withdrawn").size() == 1);
    CHECK(office.entries("consent.withdrawn")[0].dump().find("by phone") == std::string::npos);
    CHECK(office.entries("grant.withdrawn").size() == 1);
    CHECK(office.mails("withdrawal-handler").at(0).mail.to == "sofie@city.test");
    CHECK(office.mails("withdrawal-uploader").at(0).mail.to == "els@practice.test");
    CHECK(office.mails("withdrawal-uploader").at(0).mail.body->find("Maria") == std::string::npos);
    for (const auto* staff : {&office.handler, &office.doctor}) {
        const auto notices = office.read([&](auto& connection) { return ledger::Notices::of_staff(connection, staff->id, 10); });
        REQUIRE(notices.size() == 1);
        CHECK(notices[0].kind == "consent.withdrawn");
    }
    CHECK(refused(office.desk->withdraw_consent(office.handler, consent, "")).kind == core::Refusal::Kind::conflict);
    CHECK(
        refused(office.desk->make_request(office.handler, dossier, office.request_to(party))).kind == core::Refusal::Kind::consent_missing
    );
}

TEST_CASE("A withdrawal that cannot be written changes nothing at all") {
    Office office;
    const auto dossier = office.open_dossier();
    const auto party = office.add_doctor(dossier);
    const auto consent = done(office.desk->register_consent(office.handler, dossier, office.consent_of(party)));
    const auto made = done(office.desk->make_request(office.handler, dossier, office.request_to(party)));
    // The last thing a withdrawal writes is the handler's mail: make that fail, as a full disk would.
    office.write([](auto& connection) {
        connection.script(
            "CREATE TRIGGER full BEFORE INSERT ON outbox WHEN NEW.kind = 'withdrawal-handler' BEGIN SELECT RAISE(ABORT, 'full'); END;"
        );
    });
    bool failed = false;
    try {
        failed = office.desk->withdraw_consent(office.handler, consent, "").has_error();
    } catch (const storage::DatabaseError&) {
        failed = true;
    }
    CHECK(failed);
    CHECK(office.read([&](auto& connection) { return ledger::Consents::epoch(connection, dossier, party); }) == 1);
    const auto grant = office.read([&](auto& connection) { return *ledger::Grants::find(connection, made.grant); });
    CHECK(grant.version == 1);
    CHECK(grant.state == policies::GrantState::open);
    CHECK(office.entries("consent.withdrawn").empty());
    CHECK(office.mails("withdrawal-uploader").empty());
}

TEST_CASE("A request asks for what this party hands in, in a time that is to come") {
    Office office;
    const auto dossier = office.open_dossier();
    const auto party = office.add_doctor(dossier);
    done(office.desk->register_consent(office.handler, dossier, office.consent_of(party)));
    auto wrong = office.request_to(party);
    const auto is_invalid = [&] {
        return refused(office.desk->make_request(office.handler, dossier, wrong)).kind == core::Refusal::Kind::invalid;
    };
    wrong.items = {};
    CHECK(is_invalid());
    wrong.items = {{"medical-report", true}, {"medical-report", false}};
    CHECK(is_invalid());
    wrong.items = {{"signed-consent", true}};
    CHECK(is_invalid());
    wrong.items = {{"advice", true}};
    CHECK(is_invalid());
    wrong = office.request_to(party);
    wrong.deadline = office.clock.now();
    CHECK(is_invalid());
    wrong = office.request_to(party);
    wrong.language = "it";
    CHECK(is_invalid());
    wrong = office.request_to(ledger::new_id<policies::PartyId>(office.random));
    CHECK(is_invalid());
}

TEST_CASE("Text from people never carries control characters, and an address is one address") {
    Office office;
    const auto dossier = office.open_dossier();
    const auto party_invalid = [&](const char* name, const char* mail) {
        return refused(office.desk->add_party(office.handler, dossier, {"treating-provider", name, mail})).kind ==
               core::Refusal::Kind::invalid;
    };
    CHECK(party_invalid("", "a@b.test"));
    CHECK(party_invalid("Els\nBcc: x", "a@b.test"));
    for (const char* mail : {"", "a", "@b", "a@", "a@b@c", "a b@c", "a@b.test\r\nBcc: x@y", "<a@b>", "a@b,c@d"}) {
        CAPTURE(mail);
        CHECK(party_invalid("Els", mail));
    }
    for (const char* number : {"", "SOC 1", "SOC\n1", "SOC%1", "é"}) {
        CHECK(
            refused(office.desk->open_dossier(office.handler, {"medical-unfitness", number, "X", {}})).kind == core::Refusal::Kind::invalid
        );
    }
}

TEST_CASE("Reading is decided and logged before anything is opened, and a withdrawn consent closes what was filed") {
    Office office;
    const auto dossier = office.open_dossier();
    const auto party = office.add_doctor(dossier);
    const auto consent = done(office.desk->register_consent(office.handler, dossier, office.consent_of(party)));
    const auto made = done(office.desk->make_request(office.handler, dossier, office.request_to(party)));
    const auto document = office.file_document(made);

    CHECK(done(office.desk->permit_reading(office.doctor, document)) == "verslag.pdf");
    REQUIRE(office.entries("document.read").size() == 1);
    CHECK(office.entries("document.read")[0].at("consent") == consent.text());
    for (const auto* staff : {&office.handler, &office.other_handler, &office.other_doctor, &office.dpo, &office.operations}) {
        CAPTURE(staff->user);
        CHECK(refused(office.desk->permit_reading(*staff, document)).kind == core::Refusal::Kind::not_found);
    }
    CHECK(office.entries("document.read").size() == 1);
    CHECK(office.entries("document.denied").size() == 5);

    done(office.desk->withdraw_consent(office.handler, consent, ""));
    CHECK(refused(office.desk->permit_reading(office.doctor, document)).kind == core::Refusal::Kind::not_found);
    CHECK(office.entries("document.denied").back().at("reason") == "withdrawn");
}

TEST_CASE("A dossier keeps the rules it was opened under, also when the file has moved on") {
    Office office;
    const auto dossier = office.open_dossier();
    const auto pinned = office.read([&](auto& connection) { return *ledger::Dossiers::find(connection, dossier); });
    const core::CaseTypeFolder nothing;
    const auto reopened = core::CaseTypeShelf::open(*office.database, nothing);
    REQUIRE(reopened.has_value());
    CHECK(reopened->current("medical-unfitness") == nullptr);
    REQUIRE(reopened->find(pinned.case_type_sha256) != nullptr);
    CHECK(reopened->find(pinned.case_type_sha256)->rules.id == "medical-unfitness");
    office.write([](auto& connection) { connection.run("UPDATE case_type SET text = replace(text, 'secrecy-release', 'gdpr-consent')"); });
    CHECK(core::CaseTypeShelf::open(*office.database, nothing).error() == storage::Errc::damaged);
}

TEST_CASE("The handler says which machines may speak for a request; nobody else does, and not for one that is over") {
    Office office;
    const auto dossier = office.open_dossier();
    const auto party = office.add_doctor(dossier);
    const auto consent = done(office.desk->register_consent(office.handler, dossier, office.consent_of(party)));
    const auto grant = done(office.desk->make_request(office.handler, dossier, office.request_to(party))).grant;
    const core::Machine client = storage::OAuthClient{"https://idp.test", "builder"};
    const core::Machine certificate = crypto::sha256(crypto::as_bytes("certificate"));
    using Kind = core::Refusal::Kind;
    for (const auto* staff : {&office.other_handler, &office.doctor, &office.dpo, &office.operations}) {
        CHECK(refused(office.desk->add_machine(*staff, grant, client)).kind == Kind::not_found);
        CHECK(refused(office.desk->remove_machine(*staff, grant, client)).kind == Kind::not_found);
    }
    for (const auto& bad : std::vector<storage::OAuthClient>{
             {"http://idp.test", "x"},
             {"https://idp.test\n", "x"},
             {"https://idp.test", ""},
             {"https://idp.test", "a\nb"},
             {"", "x"},
             {"https://" + std::string(200, 'x'), "x"},
             {"https://idp.test", std::string(201, 'x')}
         }) {
        CHECK(refused(office.desk->add_machine(office.handler, grant, bad)).kind == Kind::invalid);
    }
    done(office.desk->add_machine(office.handler, grant, client));
    done(office.desk->add_machine(office.handler, grant, client));
    done(office.desk->add_machine(office.handler, grant, certificate));
    const auto of_grant = [&] { return office.read([&](auto& connection) { return ledger::GrantMachines::of_grant(connection, grant); }); };
    CHECK(of_grant().size() == 2);
    const auto entries = office.entries("machine.added");
    REQUIRE(entries.size() == 2);
    CHECK(entries[0].at("kind") == "client");
    CHECK(entries[0].at("machine") == storage::digest_of(std::get<storage::OAuthClient>(client)).hex());
    CHECK(entries[0].dump().find("builder") == std::string::npos);

    for (int more = 2; more < 64; ++more) {
        done(office.desk->add_machine(office.handler, grant, crypto::sha256(crypto::as_bytes(std::to_string(more)))));
    }
    CHECK(office.desk->add_machine(office.handler, grant, crypto::sha256(crypto::as_bytes("one too many"))).has_error());
    CHECK(of_grant().size() == 64);
    done(office.desk->remove_machine(office.handler, grant, client));
    done(office.desk->remove_machine(office.handler, grant, client));
    CHECK(of_grant().size() == 63);
    CHECK(office.entries("machine.removed").size() == 1);

    done(office.desk->withdraw_consent(office.handler, consent, "asked"));
    CHECK(refused(office.desk->add_machine(office.handler, grant, client)).kind == Kind::conflict);
    done(office.desk->remove_machine(office.handler, grant, certificate));
}
