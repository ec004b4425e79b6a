#include "policies/disclosure.hpp"
#include "policies/states.hpp"
#include "tests/policies/case_types.hpp"

using namespace policies;

namespace {

const Instant deadline = tests::at("2026-12-08T23:00:00Z");

}  // namespace

TEST_CASE("A mail's subject is the case number and nothing else") {
    const std::string language = GENERATE("nl", "fr", "de", "en", "xx", "");
    for (const auto& mail :
         {arrival_mail(language, "SOC-1", "https://console"),
          withdrawal_mail_to_handler(language, "SOC-1", "https://console"),
          attention_mail(language, "SOC-1", "https://console"),
          invitation_mail(language, "SOC-1", "https://up/u#a.b", deadline),
          withdrawal_mail_to_uploader(language, "SOC-1"),
          redo_mail(language, "SOC-1")}) {
        CHECK(mail.subject == "SOC-1");
        CHECK(mail.body.find("SOC-1") != std::string::npos);
        CHECK(mail.body.find('%') == std::string::npos);
    }
}

TEST_CASE("An invitation carries the link and the deadline, and a case number cannot bring a placeholder in") {
    const auto mail = invitation_mail("nl", "A%2B", "https://up.example/u#aa.bb", deadline);
    CHECK(mail.body.find("\nhttps://up.example/u#aa.bb\n") != std::string::npos);
    CHECK(mail.body.find("08/12/2026") != std::string::npos);
    CHECK(mail.body.find("A%2B") != std::string::npos);
}

TEST_CASE("A mail to the uploader about a withdrawal names no consent and no person") {
    for (const char* language : {"nl", "fr", "de", "en"}) {
        const auto body = withdrawal_mail_to_uploader(language, "SOC-1").body;
        for (const char* word : {"toestemming", "consent", "Einwilligung", "patiënt", "medi"}) {
            CAPTURE(language, word);
            CHECK(body.find(word) == std::string::npos);
        }
    }
}

TEST_CASE("Every notice, verdict and act has words in all four languages") {
    for (const char* kind :
         {"document.filed", "document.refused", "document.redo", "document.quarantined", "document.withdrawn", "consent.withdrawn"}) {
        REQUIRE(notice_text(kind) != nullptr);
        CHECK(notice_text(kind)->size() == 4);
    }
    CHECK(notice_text("no-such-kind") == nullptr);
    for (const char* code : {"consent-withdrawn", "damaged", "wrong-type", "wrong-request", "malware", "password-protected"}) {
        CHECK(verdict_text(code).size() == 4);
        CHECK(verdict_text(code) != verdict_text("refused"));
    }
    CHECK(verdict_text("no-such-code") == verdict_text("refused"));
    CHECK(act_text("document.filed").size() == 4);
    CHECK(act_text("something.else").at("nl") == "something.else");
}

TEST_CASE("States come back from their texts") {
    using enum DocumentState;
    for (const auto state : {accepted, checking, filing, filed, quarantined, redo, refused, withdrawn}) {
        CHECK(parse_document_state(text_of(state)) == state);
    }
    CHECK_FALSE(parse_document_state("sealed"));
    CHECK(is_final(filed));
    CHECK_FALSE(is_final(filing));
    CHECK(parse_grant_state("withdrawn") == GrantState::withdrawn);
    CHECK(parse_consent_state("invalidated") == ConsentState::invalidated);
}
