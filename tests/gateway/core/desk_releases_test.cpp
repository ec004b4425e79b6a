#include "storage/core/releases.hpp"
#include "tests/gateway/core/office.hpp"

using namespace office;
using gateway::core::Refusal;

namespace {

// A medical report that was filed on a consent, and who may release it.
struct Filed : Office {
    policies::DossierId dossier = open_dossier();
    policies::PartyId party = add_doctor(dossier);
    policies::ConsentId consent = done(desk->register_consent(handler, dossier, consent_of(party)));
    core::MadeRequest request = done(desk->make_request(handler, dossier, request_to(party)));
    policies::DocumentId document = file_document(request);
    std::string wrapped_to;

    core::NewRelease wanted(std::int64_t lasts = policies::one_day) { return {request.request, clock.now() + lasts}; }
    core::Deed<core::MadeRelease> release(const ledger::StaffMember& actor, const core::NewRelease& wanted) {
        return desk->release_document(actor, document, wanted, [this](const std::string& reader) -> crypto::Result<std::string> {
            wrapped_to = reader;
            return std::string("header");
        });
    }
    std::optional<ledger::Release> row(const policies::ReleaseId& id) {
        return read([&](storage::Connection& connection) { return ledger::Releases::find(connection, id); });
    }
};

}  // namespace

TEST_CASE("who may read a document releases it, to the reader that was made of the link's secret") {
    Filed office;
    const auto made = done(office.release(office.doctor, office.wanted()));
    const auto row = office.row(made.release);
    REQUIRE(row.has_value());
    CHECK(row->header == "header");
    CHECK(row->grant == office.request.grant);
    CHECK(row->expires_at == office.clock.now() + policies::one_day);
    CHECK(office.wrapped_to.starts_with("age1"));
    const auto grant =
        office.read([&](storage::Connection& connection) { return *ledger::Grants::find(connection, office.request.grant); });
    CHECK(office.wrapped_to == grant.reader);
    CHECK(grant.reader != grant.recipient);
    const auto entries = office.entries("document.released");
    REQUIRE(entries.size() == 1);
    CHECK(entries[0].at("release") == made.release.text());
    CHECK(entries[0].at("grant") == office.request.grant.text());
    CHECK(entries[0].at("staff") == office.doctor.id.text());
    CHECK(entries[0].at("consent") == office.consent.text());
}

TEST_CASE("who may not read it is told that it is not there, and the log says why") {
    Filed office;
    for (const auto& actor : {office.handler, office.other_handler, office.other_doctor, office.dpo, office.operations}) {
        CHECK(refused(office.release(actor, office.wanted())).kind == Refusal::Kind::not_found);
    }
    CHECK(office.wrapped_to.empty());
    CHECK(office.entries("release.denied").size() == 5);
    CHECK(office.entries("document.released").empty());
}

TEST_CASE("a release is for a request of the same dossier whose link lives, and for a time in the future") {
    Filed office;
    auto wanted = office.wanted();
    wanted.request = ledger::new_id<policies::RequestId>(office.random);
    CHECK(refused(office.release(office.doctor, wanted)).kind == Refusal::Kind::invalid);
    const auto elsewhere = office.open_dossier("SOC-2");
    const auto stranger = office.add_doctor(elsewhere, "other@practice.test");
    done(office.desk->register_consent(office.handler, elsewhere, office.consent_of(stranger)));
    wanted.request = done(office.desk->make_request(office.handler, elsewhere, office.request_to(stranger))).request;
    CHECK(refused(office.release(office.doctor, wanted)).kind == Refusal::Kind::invalid);
    CHECK(refused(office.release(office.doctor, office.wanted(0))).kind == Refusal::Kind::invalid);
    CHECK(refused(office.release(office.doctor, office.wanted(401 * policies::one_day))).kind == Refusal::Kind::invalid);
    office.write([&](storage::Connection& connection) {
        connection.run("UPDATE issued_grant SET reader = '' WHERE id = ?", office.request.grant.text());
    });
    const auto old = refused(office.release(office.doctor, office.wanted()));
    CHECK(old.kind == Refusal::Kind::conflict);
    CHECK(old.detail.find("before documents could be released") != std::string::npos);
}

TEST_CASE("a release ends with the consent that its document may be read on") {
    Filed office;
    CHECK(
        done(office.release(office.doctor, office.wanted(300 * policies::one_day))).expires_at < office.clock.now() + 31 * policies::one_day
    );
    const auto made = done(office.release(office.doctor, office.wanted()));
    done(office.desk->withdraw_consent(office.handler, office.consent, ""));
    const auto row = office.row(made.release);
    CHECK(row->withdrawn_at.has_value());
    CHECK(row->header.empty());
    CHECK(office.entries("release.withdrawn").size() == 2);
    CHECK(refused(office.release(office.doctor, office.wanted())).kind == Refusal::Kind::not_found);
}

TEST_CASE("who works on the dossier withdraws a release, once; nobody else does") {
    Filed office;
    const auto made = done(office.release(office.doctor, office.wanted()));
    for (const auto& actor : {office.other_handler, office.other_doctor, office.dpo}) {
        CHECK(refused(office.desk->withdraw_release(actor, made.release)).kind == Refusal::Kind::not_found);
    }
    CHECK_FALSE(office.row(made.release)->withdrawn_at);
    CHECK(done(office.desk->withdraw_release(office.handler, made.release)));
    CHECK_FALSE(done(office.desk->withdraw_release(office.doctor, made.release)));
    CHECK(office.entries("release.withdrawn").size() == 1);
    CHECK(
        refused(office.desk->withdraw_release(office.handler, ledger::new_id<policies::ReleaseId>(office.random))).kind ==
        Refusal::Kind::not_found
    );
}

TEST_CASE("a closed dossier releases nothing") {
    Filed office;
    office.write([&](storage::Connection& connection) {
        connection.run("UPDATE dossier SET closed_at = ? WHERE id = ?", office.clock.now().microseconds, office.dossier.text());
    });
    CHECK(refused(office.release(office.doctor, office.wanted())).kind == Refusal::Kind::not_found);  // the window of reading is over
}
