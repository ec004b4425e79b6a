// What the console's handlers work with. References to things main owns; constant but for what they point to, so any thread.
#pragma once

#include "gateway/core/desk.hpp"
#include "gateway/offload.hpp"
#include "storage/core/case_store.hpp"

#include <functional>

namespace gateway::core::console {

// A sign-in costs 64 MiB and 60 ms of a processor: it has threads of its own, or a few of them would stop everybody else's pages.
// `waiting` is the I/O thread's.
struct SignIns {
    Pool pool{2};
    std::size_t waiting = 0;
};

struct Tools {
    storage::Database& database;
    storage::MerkleLog& audit;
    Desk& desk;
    const CaseTypeShelf& case_types;
    storage::core::CaseStore& case_store;
    const Keyring& keyring;
    Pool& pool;
    SignIns& sign_ins;
    const Clock& clock;
    crypto::Random& random;
    std::string decoy_hash;         // of a random password: what a login of an unknown user is checked against, so that it takes as long
    std::function<void()> changed;  // after an act: main wakes publisher and notifier
};

}  // namespace gateway::core::console
