#include "policies/access.hpp"
#include "tests/policies/case_types.hpp"

using namespace policies;
using tests::at;
using tests::id;

namespace {

struct Question {
    std::vector<Role> roles;
    bool is_handler = false;
    bool is_advising_doctor = false;
    bool complete = true;
    bool closed = false;
    bool consent = true;
    std::string role = "treating-provider";
};

Decision ask(const CaseType& type, std::string_view document, const Question& question) {
    std::vector<ConsentRecord> records;
    if (question.consent) {
        records.push_back(
            {id<ConsentId>(1),
             "release-medical",
             id<PartyId>(1),
             at("2026-11-01T00:00:00Z"),
             at("2027-01-01T00:00:00Z"),
             "",
             "",
             {{1, ConsentState::given, at("2026-11-01T00:00:00Z"), "els", ""}}}
        );
    }
    const ReadFacts reader{question.roles, question.is_handler, question.is_advising_doctor, question.complete, question.closed};
    return may_read(type, document, reader, {id<PartyId>(1), question.role, 1}, records, at("2026-11-24T12:00:00Z"));
}

const Question doctor{.roles = {Role::advising_doctor}, .is_advising_doctor = true};
const Question handler{.roles = {Role::handler}, .is_handler = true};

}  // namespace

TEST_CASE("The advising doctor of the dossier reads the medical report, while the consent stands") {
    const auto type = tests::case_type("medical-unfitness");
    const auto decision = ask(type, "medical-report", doctor);
    CHECK(decision.permit);
    CHECK(decision.consent == id<ConsentId>(1));
    auto withdrawn = doctor;
    withdrawn.consent = false;
    CHECK_FALSE(ask(type, "medical-report", withdrawn).permit);
}

TEST_CASE("The social worker sees that a medical report arrived, and never reads it") {
    const auto type = tests::case_type("medical-unfitness");
    CHECK_FALSE(ask(type, "medical-report", handler).permit);
    CHECK(ask(type, "unfitness-certificate", handler).permit);
}

TEST_CASE("A role without the assignment reads nothing, and an assignment without the role neither") {
    const auto type = tests::case_type("medical-unfitness");
    CHECK_FALSE(ask(type, "medical-report", {.roles = {Role::advising_doctor}}).permit);
    CHECK_FALSE(ask(type, "medical-report", {.roles = {Role::advising_doctor}, .is_handler = true}).permit);
    CHECK_FALSE(ask(type, "medical-report", {.roles = {Role::handler}, .is_advising_doctor = true}).permit);
    CHECK_FALSE(ask(type, "medical-report", {.roles = {}, .is_handler = true, .is_advising_doctor = true}).permit);
}

TEST_CASE("DPO and operator read no content, whatever the case type says") {
    for (const char* name : {"medical-unfitness", "public-records-request", "city-renewal", "subsidy-jury"}) {
        const auto type = tests::case_type(name);
        for (const auto& document : type.documents) {
            for (const auto role : {Role::dpo, Role::operations}) {
                CAPTURE(name, document.id);
                CHECK_FALSE(ask(type, document.id, {.roles = {role}, .is_handler = true, .is_advising_doctor = true}).permit);
            }
        }
    }
}

TEST_CASE("The window of the case type opens with the submission and ends with the dossier") {
    const auto type = tests::case_type("medical-unfitness");
    auto early = doctor;
    early.complete = false;
    CHECK(ask(type, "medical-report", early).reason == "too-early");
    auto late = doctor;
    late.closed = true;
    CHECK(ask(type, "medical-report", late).reason == "too-late");
}

TEST_CASE("A handler reads what arrives in a dossier without secrets") {
    const auto type = tests::case_type("city-renewal");
    auto own = handler;
    own.role = "contractor";
    CHECK(ask(type, "site-report", own).permit);
    own.is_handler = false;
    CHECK_FALSE(ask(type, "site-report", own).permit);
    CHECK_FALSE(ask(type, "no-such-document", handler).permit);
}
