// Proofs that were used, for as long as they would still be taken. In memory, bounded, a share for each key: who fills his own share waits,
// and nobody else does. Only proofs whose key an access token names get here. A restart forgets them: they die within two minutes, and
// whoever could show one again would need the access token and the wire. Any thread.
#pragma once

#include "gateway/edge/oauth/dpop.hpp"

#include <cstdint>
#include <map>
#include <mutex>
#include <set>

namespace gateway::edge::oauth {

constexpr std::size_t proofs_per_key_max = 6'000;  // within the minute that a proof lives: a hundred requests a second
constexpr std::size_t proof_keys_max = 1'000;

class Replays {
public:
    enum class Seen { never, before, too_many };

    // `request` tells one request from all others of the process: asked about twice, it is still the first to use its proof.
    Seen use(const Proof& proof, std::uint64_t request, policies::Instant now);

private:
    struct Used {
        std::map<crypto::Digest, std::uint64_t> by;  // id of the proof → the request that used it
        std::set<std::pair<policies::Instant, crypto::Digest>> until;
    };
    static void forget_old(Used& used, policies::Instant now);

    std::mutex mutex_;
    std::map<crypto::Digest, Used> keys_;
};

}  // namespace gateway::edge::oauth
