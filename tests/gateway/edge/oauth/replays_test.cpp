#include "gateway/edge/oauth/replays.hpp"

#include "tests/catch.hpp"

using namespace gateway::edge::oauth;
using Seen = Replays::Seen;

namespace {

constexpr policies::Instant start{1'000 * policies::one_second};

crypto::Digest digest_of(const std::string& text) {
    return crypto::sha256(crypto::as_bytes(text));
}

Proof proof(const std::string& key, const std::string& id, policies::Instant issued = start) {
    return {digest_of(key), digest_of(id), issued + proof_window};
}

}  // namespace

TEST_CASE("a proof is for one request; the same request may ask twice") {
    Replays replays;
    CHECK(replays.use(proof("a", "1"), 7, start) == Seen::never);
    CHECK(replays.use(proof("a", "1"), 7, start) == Seen::never);
    CHECK(replays.use(proof("a", "1"), 8, start) == Seen::before);
    CHECK(replays.use(proof("a", "2"), 8, start) == Seen::never);
    CHECK(replays.use(proof("b", "1"), 9, start) == Seen::never);  // another key's
}

TEST_CASE("a proof is remembered to the last moment at which it would still be taken") {
    Replays replays;
    const auto early = proof("a", "early", start + proof_window);  // by a clock that is ahead
    CHECK(replays.use(early, 1, start) == Seen::never);
    CHECK(replays.use(early, 2, start + 2 * proof_window) == Seen::before);
    CHECK(replays.use(early, 3, start + 2 * proof_window + 1) == Seen::never);  // its own time refuses it now
}

TEST_CASE("who fills his share waits until it is old, and nobody else does") {
    Replays replays;
    for (std::size_t one = 0; one < proofs_per_key_max; ++one) {
        REQUIRE(replays.use(proof("a", std::to_string(one)), one, start) == Seen::never);
    }
    CHECK(replays.use(proof("a", "more"), 1, start) == Seen::too_many);
    CHECK(replays.use(proof("a", "0"), 1, start) == Seen::before);
    CHECK(replays.use(proof("b", "more"), 1, start) == Seen::never);
    const auto later = start + proof_window + 1;
    CHECK(replays.use(proof("a", "more", later), 1, later) == Seen::never);
}

TEST_CASE("as many keys are remembered as there may be, and old ones make room") {
    Replays replays;
    for (std::size_t one = 0; one < proof_keys_max; ++one) {
        REQUIRE(replays.use(proof(std::to_string(one), "1"), one, start) == Seen::never);
    }
    CHECK(replays.use(proof("more", "1"), 1, start) == Seen::too_many);
    CHECK(replays.use(proof("0", "2"), 1, start) == Seen::never);
    const auto later = start + proof_window + 1;
    CHECK(replays.use(proof("more", "1", later), 1, later) == Seen::never);
}
