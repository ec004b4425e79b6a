#include "policies/credential.hpp"

#include "tests/policies/case_types.hpp"

using namespace policies;

TEST_CASE("A contractor whom nothing asks for a code may hold a credential, and nobody else") {
    const std::vector<std::pair<std::string, std::string>> roles{
        {"city-renewal", "contractor"},
        {"city-renewal", "site-manager"},
        {"city-renewal", "project-lead"},
        {"medical-unfitness", "treating-provider"},
        {"medical-unfitness", "client"},
        {"subsidy-jury", "jury-member"},
        {"subsidy-jury", "applicant"},
        {"public-records-request", "third-party"},
    };
    for (const auto& [type, role] : roles) {
        CAPTURE(type, role);
        const auto rules = tests::case_type(type);
        const auto* known = rules.party(role);
        REQUIRE(known != nullptr);
        CHECK(may_hold_credential(*known) == (role == "contractor"));
    }
}

TEST_CASE("A contractor that may not hand in, or is not from outside, holds none") {
    PartyRole role{"builder", "contractor", true, {}, true, false};
    CHECK(may_hold_credential(role));
    role.may_upload = false;
    CHECK_FALSE(may_hold_credential(role));
    role = {"builder", "contractor", false, {}, true, false};
    CHECK_FALSE(may_hold_credential(role));
    role = {"builder", "contractor", true, {}, true, true};
    CHECK_FALSE(may_hold_credential(role));
}

TEST_CASE("A credential is active until it is replaced, runs out or is taken back") {
    const auto now = tests::at("2026-11-24T10:00:00Z");
    const auto state = [&](GrantState grant, std::int64_t left, bool replaced, bool revoked) {
        return text_of(credential_state({grant, now + left, replaced, revoked}, now));
    };
    CHECK(state(GrantState::open, 1, false, false) == "active");
    CHECK(state(GrantState::open, 1, true, false) == "expiring");
    CHECK(state(GrantState::open, 0, false, false) == "expired");
    CHECK(state(GrantState::open, 0, true, false) == "expired");
    CHECK(state(GrantState::closed, 0, true, false) == "expired");
    CHECK(state(GrantState::closed, 1, false, false) == "revoked");
    CHECK(state(GrantState::closed, -1, false, true) == "revoked");
    CHECK(state(GrantState::withdrawn, -1, false, false) == "revoked");
    CHECK(is_in_use(CredentialState::expiring));
    CHECK_FALSE(is_in_use(CredentialState::expired));
}
