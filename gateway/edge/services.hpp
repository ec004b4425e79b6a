// What the edge's handlers work with. main owns all of it and outlives every connection; handlers hold a reference.
#pragma once

#include "gateway/clock.hpp"
#include "gateway/edge/active_uploads.hpp"
#include "gateway/edge/oauth/replays.hpp"
#include "gateway/offload.hpp"
#include "storage/database.hpp"
#include "storage/edge/issuers.hpp"
#include "storage/edge/postings.hpp"
#include "storage/edge/releases.hpp"
#include "storage/edge/uploads.hpp"
#include "storage/vault.hpp"

namespace gateway::edge {

struct Services {
    Pool& pool;
    Pool& hashing;  // large files alone: a few seals at once must not take the threads of everybody else
    storage::Database& database;
    storage::MerkleLog& log;
    const storage::Vault& vault;
    storage::edge::Postings& postings;
    storage::edge::Uploads& uploads;
    storage::edge::Releases& releases;
    const storage::Vault& release_files;
    storage::edge::Issuers& issuers;
    const Clock& clock;
    crypto::Random& random;
    ActiveUploads& active;
    std::uint64_t disk_reserve = 0;
    std::string core_certificate;
    std::string security_contact;
    oauth::Replays* proofs = nullptr;  // there on the listener for machines alone: it takes access tokens and certificates, no links
};

}  // namespace gateway::edge
