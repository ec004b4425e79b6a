#include "policies/completeness.hpp"
#include "tests/policies/case_types.hpp"

using namespace policies;

namespace {

const Instant now = tests::at("2026-11-24T12:00:00Z");

std::string state(std::vector<ItemFacts> items, bool opened = false, bool closed = false, Instant expires = now + one_day) {
    return std::string(text_of(request_state({items, opened, closed, expires}, now)));
}

}  // namespace

TEST_CASE("A request is sent until its link was used, and partial from its first document on") {
    CHECK(state({{true, 0, 0}}) == "sent");
    CHECK(state({{true, 0, 0}}, true) == "opened");
    CHECK(state({{true, 0, 1}}) == "partial");
    CHECK(state({{true, 1, 0}, {true, 0, 0}}) == "partial");
}

TEST_CASE("A request is complete when every required item has a filed document") {
    CHECK(state({{true, 1, 0}, {true, 2, 0}, {false, 0, 0}}) == "complete");
    CHECK(state({{true, 0, 3}}) == "partial");
    CHECK(state({{true, 0, 0}, {false, 1, 0}}) == "partial");
}

TEST_CASE("Without required items one filed document completes; without items nothing does") {
    CHECK(state({{false, 0, 0}, {false, 1, 0}}) == "complete");
    CHECK(state({{false, 0, 0}}) == "sent");
    CHECK(state({}) == "sent");
}

TEST_CASE("A deadline that passed expires what is not complete; closed stays closed") {
    CHECK(state({{true, 0, 0}}, false, false, now) == "expired");
    CHECK(state({{true, 1, 0}}, false, false, now) == "complete");
    CHECK(state({{true, 1, 0}}, false, true) == "closed");
}
