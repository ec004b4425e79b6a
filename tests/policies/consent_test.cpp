#include "policies/consent.hpp"
#include "tests/policies/case_types.hpp"

#include <random>

using namespace policies;
using tests::at;
using tests::id;

namespace {

const Instant now = at("2026-11-24T12:00:00Z");

ConsentRecord record(std::uint8_t number, std::initializer_list<ConsentState> states, PartyId party = id<PartyId>(1)) {
    ConsentRecord made{
        id<ConsentId>(number), "release-medical", party, at("2026-11-01T00:00:00Z"), at("2027-01-01T00:00:00Z"), "signed-paper-scan", "", {}
    };
    for (const auto state : states) {
        made.events.push_back({made.events.size() + 1, state, at("2026-11-01T00:00:00Z"), "els", ""});
    }
    return made;
}

Decision
ask(const std::vector<ConsentRecord>& records, std::string_view type = "medical-report", Gate gate = Gate::route, Instant when = now) {
    static const CaseType medical = tests::case_type("medical-unfitness");
    return consent_for(medical, type, {id<PartyId>(1), "treating-provider", 7}, records, gate, when);
}

}  // namespace

TEST_CASE("A consent that is given and within its period permits, and says which one it was") {
    const auto decision = ask({record(1, {ConsentState::given})});
    CHECK(decision.permit);
    CHECK(decision.rule == "release-medical");
    CHECK(decision.reason == "given");
    CHECK(decision.consent == id<ConsentId>(1));
    CHECK(decision.epoch == 7);
}

TEST_CASE("Without a consent nothing is permitted that needs one") {
    const auto decision = ask({});
    CHECK_FALSE(decision.permit);
    CHECK(decision.reason == "missing");
    CHECK(decision.rule == "release-medical");
    CHECK_FALSE(decision.consent);
}

TEST_CASE("Every state but given refuses with its own reason") {
    using enum ConsentState;
    CHECK(ask({record(1, {requested})}).reason == "missing");
    CHECK(ask({record(1, {requested, refused})}).reason == "refused");
    CHECK(ask({record(1, {given, withdrawn})}).reason == "withdrawn");
    CHECK(ask({record(1, {given, expired})}).reason == "expired");
    CHECK(ask({record(1, {given, invalidated})}).reason == "invalidated");
    for (const auto last : {requested, refused, withdrawn, expired, invalidated}) {
        CHECK_FALSE(ask({record(1, {last})}).permit);
    }
}

TEST_CASE("There is no grace: the period begins and ends to the microsecond") {
    const std::vector<ConsentRecord> records{record(1, {ConsentState::given})};
    const auto from = records[0].from;
    const auto until = records[0].until;
    CHECK(ask(records, "medical-report", Gate::route, from + -1).reason == "not-yet");
    CHECK(ask(records, "medical-report", Gate::route, from).permit);
    CHECK(ask(records, "medical-report", Gate::route, until + -1).permit);
    CHECK(ask(records, "medical-report", Gate::route, until).reason == "expired");
}

TEST_CASE("The case type's maximum age ends a consent that was given for longer") {
    auto long_one = record(1, {ConsentState::given});
    long_one.until = at("2030-01-01T00:00:00Z");
    CHECK(ask({long_one}, "medical-report", Gate::route, at("2027-04-30T23:59:59Z")).permit);
    CHECK_FALSE(ask({long_one}, "medical-report", Gate::route, at("2027-05-01T00:00:00Z")).permit);
}

TEST_CASE("A consent names its discloser: another doctor's does not count") {
    CHECK_FALSE(ask({record(1, {ConsentState::given}, id<PartyId>(2))}).permit);
}

TEST_CASE("Only the role that may disclose can rely on a consent") {
    const auto medical = tests::case_type("medical-unfitness");
    const std::vector<ConsentRecord> records{record(1, {ConsentState::given})};
    const auto decision = consent_for(medical, "medical-report", {id<PartyId>(1), "client", 0}, records, Gate::route, now);
    CHECK_FALSE(decision.permit);
    CHECK(decision.reason == "wrong-discloser");
}

TEST_CASE("A document no consent covers needs none; a document nobody knows is refused") {
    CHECK(ask({}, "unfitness-certificate").permit);
    CHECK(ask({}, "unfitness-certificate").reason == "not-needed");
    CHECK_FALSE(ask({}, "love-letter").permit);
}

TEST_CASE("A newer consent permits although an older one was withdrawn") {
    const auto decision = ask({record(1, {ConsentState::given, ConsentState::withdrawn}), record(2, {ConsentState::given})});
    CHECK(decision.permit);
    CHECK(decision.consent == id<ConsentId>(2));
}

TEST_CASE("Whatever the history, records that all ended in a withdrawal never permit") {
    const auto seed = std::random_device()();
    CAPTURE(seed);
    std::mt19937_64 random(seed);
    constexpr Gate gates[] = {Gate::invite, Gate::upload_start, Gate::upload_complete, Gate::route, Gate::read};
    for (int turn = 0; turn < 2000; ++turn) {
        std::vector<ConsentRecord> records;
        for (std::uint64_t count = random() % 4; count < 4; ++count) {
            auto one = record(static_cast<std::uint8_t>(count + 1), {ConsentState::given, ConsentState::withdrawn});
            one.from = now + static_cast<std::int64_t>(random() % 200) * one_day + -100 * one_day;
            one.until = one.from + static_cast<std::int64_t>(random() % 400) * one_day;
            if (random() % 2 == 0) {
                one.events.erase(one.events.begin());
            }
            records.push_back(std::move(one));
        }
        CHECK_FALSE(ask(records, "medical-report", gates[random() % 5], now).permit);
    }
}

TEST_CASE("What is permitted ends with the consent, or with the next one that begins before it ends") {
    static const CaseType medical = tests::case_type("medical-unfitness");
    const auto until = [](const std::vector<ConsentRecord>& records, std::string_view type = "medical-report") {
        return permitted_until(medical, type, {id<PartyId>(1), "treating-provider", 7}, records, Gate::upload_start, now);
    };
    auto first = record(1, {ConsentState::given});
    first.until = at("2026-12-01T00:00:00Z");
    auto next = record(2, {ConsentState::given});
    next.from = first.until;
    next.until = at("2026-12-20T00:00:00Z");
    CHECK(until({first}) == first.until);
    CHECK(until({next, first}) == next.until);
    next.from = first.until + 1;
    CHECK(until({first, next}) == first.until);
    next.from = first.until;
    next.events.push_back({2, ConsentState::withdrawn, now, "els", ""});
    CHECK(until({first, next}) == first.until);
    CHECK(until({}) <= now);
    CHECK(until({}, "unfitness-certificate") == last_instant);
}

TEST_CASE("Events follow the domain's table and nothing comes back from an end") {
    using enum ConsentState;
    CHECK(may_follow(requested, given));
    CHECK(may_follow(given, withdrawn));
    for (const auto end : {refused, withdrawn, expired, invalidated}) {
        for (const auto next : {requested, given, refused, withdrawn, expired, invalidated}) {
            CHECK_FALSE(may_follow(end, next));
        }
    }
    CHECK_FALSE(may_follow(given, given));
    CHECK_FALSE(may_follow(requested, withdrawn));
}
