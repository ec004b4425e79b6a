// Makes an id before the step it stands for: a retry finds the same row instead of doing the work again.
#pragma once

#include "crypto/random.hpp"
#include "policies/ids.hpp"

namespace storage::core {

template <class Id>
Id new_id(crypto::Random& random) {
    return Id::from_random(random.bytes<16>());
}

}  // namespace storage::core
