#include "policies/completeness.hpp"

#include <algorithm>

namespace policies {

RequestState request_state(const RequestFacts& facts, Instant now) {
    const auto filed = [](const ItemFacts& item) { return item.filed > 0; };
    const auto required = [](const ItemFacts& item) { return item.required; };
    const auto touched = [](const ItemFacts& item) { return item.filed > 0 || item.underway > 0; };
    const auto settled = [&](const ItemFacts& item) { return !item.required || item.filed > 0; };

    if (facts.closed) {
        return RequestState::closed;
    }
    const bool any_required = std::any_of(facts.items.begin(), facts.items.end(), required);
    const bool complete = any_required ? std::all_of(facts.items.begin(), facts.items.end(), settled)
                                       : std::any_of(facts.items.begin(), facts.items.end(), filed);
    if (complete) {
        return RequestState::complete;
    }
    if (now >= facts.expires_at) {
        return RequestState::expired;
    }
    if (std::any_of(facts.items.begin(), facts.items.end(), touched)) {
        return RequestState::partial;
    }
    return facts.opened ? RequestState::opened : RequestState::sent;
}

}  // namespace policies
