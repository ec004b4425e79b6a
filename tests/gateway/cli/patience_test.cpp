#include "gateway/cli/patience.hpp"

#include "tests/catch.hpp"

using gateway::cli::Patience;
using namespace std::chrono_literals;

TEST_CASE("pauses double from half a second to half a minute", "[cli]") {
    Patience patience(10min);
    const Patience::Time now{};
    std::vector<Patience::Pause> pauses;
    for (int number = 0; number < 9; ++number) {
        pauses.push_back(*patience.next(now));
    }
    CHECK(pauses == std::vector<Patience::Pause>{500ms, 1s, 2s, 4s, 8s, 16s, 30s, 30s, 30s});
}

TEST_CASE("progress begins all over again", "[cli]") {
    Patience patience(60s);
    const Patience::Time now{};
    CHECK(patience.next(now) == 500ms);
    CHECK(patience.next(now + 59s) == 1s);
    patience.progress();
    CHECK(patience.next(now + 61s) == 500ms);
}

TEST_CASE("patience ends to the second, and its last pause with it", "[cli]") {
    Patience patience(10s);
    const Patience::Time now{};
    CHECK(patience.next(now) == 500ms);
    CHECK(patience.next(now + 9900ms) == 100ms);
    CHECK_FALSE(patience.next(now + 10s));
}

TEST_CASE("what the server asks for is waited for, but not beyond the end", "[cli]") {
    Patience patience(60s);
    const Patience::Time now{};
    CHECK(patience.next(now, 20s) == 20s);
    CHECK(patience.next(now, 0s) == 1s);
    CHECK(patience.next(now, 3600s) == 60s);
    CHECK(patience.next(now + 50s, std::chrono::seconds::max()) == 10s);
}
