#include "gateway/core/router/delivery_table.hpp"

#include "policies/disclosure.hpp"
#include "tests/catch.hpp"

#include <set>

using namespace gateway::core::router;
using policies::DocumentState;

namespace {

std::vector<Step> way_from(DocumentState state) {
    std::vector<Step> way;
    for (std::optional<Step> step = first_step(); step; step = step_after(*step, state)) {
        way.push_back(*step);
        REQUIRE(way.size() <= all_steps.size());
        // What the transactions of these two steps make of the row.
        if (*step == Step::gate && state == DocumentState::accepted) {
            state = DocumentState::checking;
        } else if (*step == Step::begin_filing) {
            state = DocumentState::filing;
        }
    }
    return way;
}

}  // namespace

TEST_CASE("a new document passes every step once, in order") {
    CHECK(way_from(DocumentState::accepted) == std::vector<Step>(all_steps.begin(), all_steps.end()));
}

TEST_CASE("a document that was further goes on from there, and always passes the steps that check it") {
    using enum Step;
    CHECK(way_from(DocumentState::checking) == std::vector<Step>{look, gate, open_manifest, begin_filing, fetch, ask_again, store, record});
    CHECK(way_from(DocumentState::filing) == std::vector<Step>{look, gate, open_manifest, fetch, ask_again, store, record});
}

TEST_CASE("every finding ends a document with a state, a code and a cause of its own") {
    std::set<std::string_view> causes;
    for (const auto finding : all_findings) {
        const auto verdict = verdict_of(finding);
        CHECK(policies::is_final(verdict.state));
        CHECK(verdict.state != DocumentState::filed);
        CHECK(causes.insert(verdict.cause).second);
        for (const auto* language : {"nl", "fr", "de", "en"}) {
            CHECK(policies::verdict_text(verdict.code).contains(language));
        }
    }
}

TEST_CASE("only a withdrawal is told as one, and what the uploader can mend is a redo") {
    CHECK(verdict_of(Finding::withdrawn).state == DocumentState::withdrawn);
    CHECK(verdict_of(Finding::damaged).state == DocumentState::redo);
    CHECK(verdict_of(Finding::forged).state == DocumentState::refused);

    policies::Decision no;
    no.reason = "expired";
    CHECK(finding_of(no) == Finding::expired);
    no.reason = "withdrawn";
    CHECK(finding_of(no) == Finding::withdrawn);
    no.reason = "unknown-document";
    CHECK(finding_of(no) == Finding::no_rule);
}
