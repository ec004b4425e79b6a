#include "policies/duration.hpp"
#include "tests/policies/case_types.hpp"

#include <random>

using policies::Duration;
using policies::Instant;
using tests::at;

TEST_CASE("An instant reads and writes RFC 3339 in UTC") {
    CHECK(at("1970-01-01T00:00:00Z").microseconds == 0);
    CHECK(at("2026-11-24T18:39:09Z").text() == "2026-11-24T18:39:09.000000Z");
    CHECK(at("2026-11-24T18:39:09.25Z").text() == "2026-11-24T18:39:09.250000Z");
    CHECK(at("2024-02-29T23:59:59.999999Z").text() == "2024-02-29T23:59:59.999999Z");
}

TEST_CASE("An instant refuses what is no time, no UTC, or not one text for one value") {
    const char* text = GENERATE(
        "",
        "2026-11-24",
        "2026-11-24T18:39:09",
        "2026-11-24T18:39:09+01:00",
        "2026-13-24T18:39:09Z",
        "2026-02-29T18:39:09Z",
        "2026-11-24T24:00:00Z",
        "2026-11-24T18:60:09Z",
        "2026-11-24T18:39:60Z",
        "2026-11-24t18:39:09Z",
        "2026-11-24T18:39:09.Z",
        "2026-11-24T18:39:09.1234567Z",
        "2026-11-24T18:39:09,5Z",
        "1969-12-31T23:59:59Z",
        "-026-11-24T18:39:09Z",
        "2026-11-24T18:39:0 Z"
    );
    CAPTURE(text);
    CHECK_FALSE(Instant::parse(text));
}

TEST_CASE("Every instant comes back as it went out") {
    const auto seed = std::random_device()();
    CAPTURE(seed);
    std::mt19937_64 random(seed);
    for (int turn = 0; turn < 2000; ++turn) {
        const Instant instant{static_cast<std::int64_t>(random() % 7'000'000'000'000'000ULL)};
        CHECK(Instant::parse(instant.text()) == instant);
    }
}

TEST_CASE("A duration goes by the calendar for months and years") {
    const auto after = [](const char* duration, const char* start) { return Duration::parse(duration)->after(at(start)).text(); };
    CHECK(after("P6M", "2026-01-10T09:12:33Z") == "2026-07-10T09:12:33.000000Z");
    CHECK(after("P1M", "2026-01-31T00:00:00Z") == "2026-02-28T00:00:00.000000Z");
    CHECK(after("P1Y", "2024-02-29T00:00:00Z") == "2025-02-28T00:00:00.000000Z");
    CHECK(after("P2W", "2026-12-24T00:00:00Z") == "2027-01-07T00:00:00.000000Z");
    CHECK(after("PT12H30M", "2026-12-31T12:00:00Z") == "2027-01-01T00:30:00.000000Z");
    CHECK(after("P1M", "2026-12-15T00:00:00Z") == "2027-01-15T00:00:00.000000Z");
}

TEST_CASE("A duration refuses what is none") {
    const char* text = GENERATE("", "P", "PT", "6M", "P6", "P-6M", "P1.5D", "P1D1Y", "P1D1D", "PT1D", "P99999D", "P6M ", "P1DT");
    CAPTURE(text);
    CHECK_FALSE(Duration::parse(text));
}
