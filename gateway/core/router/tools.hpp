// What the router's parts work with. References to things main owns; the vkey is pinned in the configuration.
#pragma once

#include "crypto/note.hpp"
#include "gateway/clock.hpp"
#include "gateway/core/edge_link.hpp"
#include "gateway/core/keyring.hpp"
#include "storage/core/case_store.hpp"
#include "storage/database.hpp"
#include "storage/merkle_log.hpp"

namespace gateway::core::router {

struct Tools {
    storage::Database& database;
    storage::MerkleLog& audit;
    const storage::core::CaseStore& case_store;
    const Keyring& keyring;
    EdgeLink& edge;
    const Clock& clock;
    crypto::Random& random;
    crypto::NoteVerifier edge_log;  // the only key a checkpoint of the edge is believed from
    std::string console_url;        // for mails to staff
    std::string mail_host;          // right of the @ in message ids
};

}  // namespace gateway::core::router
