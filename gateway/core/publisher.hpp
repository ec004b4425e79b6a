// The publisher: the thread that tells the edge. For each grant whose version is newer than what was published it builds the envelope,
// seals it under the grant's envelope key and puts the posting; for each verdict it seals the outcome and puts it on the upload.
// The set of pinned issuers it tells at the start, when it changes, and now and then, since an edge may have lost its memory.
// Putting twice is harmless (the edge ignores a version it has), so a kill between the call and our row costs one call more. An edge that
// has a newer version than core declines: core was restored from a backup, and what it forgot may have been a withdrawal.
// Everything in Tools is owned by main and outlives the publisher; `edge` is used by this thread only.
#pragma once

#include "gateway/clock.hpp"
#include "gateway/core/delays.hpp"
#include "gateway/core/edge_link.hpp"
#include "gateway/core/keyring.hpp"
#include "gateway/core/loop.hpp"
#include "gateway/core/surroundings.hpp"
#include "storage/core/documents.hpp"
#include "storage/core/grants.hpp"
#include "storage/database.hpp"
#include "storage/merkle_log.hpp"

#include <mutex>

namespace gateway::core {

struct PublisherTools {
    storage::Database& database;
    const storage::MerkleLog& audit;
    const Keyring& keyring;
    EdgeLink& edge;
    const Clock& clock;
    crypto::Random& random;
};

struct PublisherOptions {
    std::string organisation;
    std::string edge_url;       // "https://upload.city.example"
    std::string edge_log_vkey;  // the core log's own comes from `audit`
    std::string issuers;        // as issuers.hpp writes them; empty: the edge is told nothing about them
    std::int64_t tell_issuers_every = 600 * policies::one_second;
    Loop::Pause look_every{1'000};
    Backoff retry{};
};

class Publisher final {
public:
    Publisher(PublisherTools tools, PublisherOptions options);

    void start() { loop_.start(); }
    void stop() { loop_.stop(); }
    void wake() { loop_.wake(); }
    void change_issuers(std::string issuers);  // from any thread

    Loop::Pause turn();  // one turn, for tests

private:
    // One attempt, unless the row still waits after a failure. False: the edge is away, the rest need not be tried.
    template <class Row>
    bool attempt(const Row& row);
    bool tell_issuers();  // false: the edge is away
    crypto::Result<void> publish(const storage::core::Grant& grant);
    crypto::Result<void> publish(const storage::core::Document& document);

    PublisherTools tools_;
    PublisherOptions options_;
    CaseTypes case_types_;
    bool tried_ = false;          // in this turn something was published
    std::uint64_t failures_ = 0;  // of the edge, in a row
    std::mutex issuers_mutex_;
    std::string issuers_;
    std::optional<policies::Instant> issuers_told_;
    Delays delays_;               // of single postings and outcomes
    Loop loop_;
};

}  // namespace gateway::core
