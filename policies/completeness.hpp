// How far a request is, from its items and the verdicts on what came in. Never set by hand.
#pragma once

#include "policies/instant.hpp"
#include "policies/states.hpp"

#include <span>

namespace policies {

struct ItemFacts {
    bool required = false;
    std::size_t filed = 0;     // documents filed for it
    std::size_t underway = 0;  // accepted, checking or filing
};

struct RequestFacts {
    std::span<const ItemFacts> items;
    bool opened = false;  // the link was used
    bool closed = false;
    Instant expires_at;
};

// complete: every required item has a filed document; without required items: one item has. partial: something is filed or underway.
RequestState request_state(const RequestFacts& facts, Instant now);

}  // namespace policies
