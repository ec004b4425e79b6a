#include "gateway/edge/oauth/replays.hpp"

namespace gateway::edge::oauth {

void Replays::forget_old(Used& used, policies::Instant now) {
    while (!used.until.empty() && used.until.begin()->first < now) {
        used.by.erase(used.until.begin()->second);
        used.until.erase(used.until.begin());
    }
}

Replays::Seen Replays::use(const Proof& proof, std::uint64_t request, policies::Instant now) {
    const std::lock_guard lock(mutex_);
    if (!keys_.contains(proof.key) && keys_.size() >= proof_keys_max) {
        for (auto& [key, used] : keys_) {
            forget_old(used, now);
        }
        std::erase_if(keys_, [](const auto& entry) { return entry.second.by.empty(); });
        if (keys_.size() >= proof_keys_max) {
            return Seen::too_many;
        }
    }
    auto& used = keys_[proof.key];
    forget_old(used, now);
    if (const auto before = used.by.find(proof.id); before != used.by.end()) {
        return before->second == request ? Seen::never : Seen::before;
    }
    if (used.by.size() >= proofs_per_key_max) {
        return Seen::too_many;
    }
    used.by.emplace(proof.id, request);
    used.until.emplace(proof.good_until, proof.id);
    return Seen::never;
}

}  // namespace gateway::edge::oauth
