// From one key-encryption identity to the next. The identity file holds the new one above the old while it lasts: everything sealed from
// then on is for the new one, and what was sealed before is re-wrapped, cell by cell: the header anew, the payload as it was. A kill at any
// moment costs a repetition: what is for the new identity already is passed over. It is finished when a whole pass found nothing to do.
#pragma once

#include "gateway/clock.hpp"
#include "gateway/core/keyring.hpp"
#include "gateway/core/loop.hpp"
#include "storage/database.hpp"
#include "storage/merkle_log.hpp"

#include <atomic>

namespace gateway::core::keys {

struct Tools {
    storage::Database& database;
    storage::MerkleLog& audit;
    const Keyring& keyring;
    const Clock& clock;
    crypto::Random& random;  // any thread, where there is more than one
    unsigned threads = 1;  // that re-wrap; a core that serves leaves the others to those it serves
};

struct Pass {
    std::uint64_t seen = 0;
    std::uint64_t changed = 0;
    std::uint64_t unreadable = 0;  // none of the identities opens it: it stays as it is, and the rotation does not finish

    bool is_clean() const noexcept { return changed == 0 && unreadable == 0; }
};

// One pass over everything that is sealed; `go_on` is asked between batches.
crypto::Result<Pass> rewrap_all(const Tools& tools, const std::function<bool()>& go_on);

// After a clean pass: the audit entry `act` and the row that says so, and the old headers gone from the write-ahead log.
crypto::Result<void> finish(const Tools& tools, const Pass& pass, std::string_view act);

// The thread of a core that serves. It sleeps until keys_changed(): the program was told that the identity file is another.
class Rotator final {
public:
    explicit Rotator(Tools tools) : tools_(tools), loop_("rotator", [this] { return turn(); }) {}

    void start() { loop_.start(); }
    void stop() { loop_.stop(); }
    void keys_changed();  // any thread

    Loop::Pause turn();  // one turn, for tests

private:
    Tools tools_;
    std::atomic<std::int64_t> changed_at_{0};
    Loop loop_;
};

}  // namespace gateway::core::keys
