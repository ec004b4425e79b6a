#include "gateway/core/keys/rotation.hpp"

#include "crypto/errors.hpp"
#include "gateway/log.hpp"
#include "storage/core/audit.hpp"
#include "storage/core/sealed_cells.hpp"

#include <future>
#include <system_error>

namespace gateway::core::keys {

namespace {

using storage::core::SealedCell;
using storage::core::SealedCells;
using storage::core::SealedColumn;

constexpr std::size_t cells_a_batch = 200;  // a commit each: what a kill costs is one of them
constexpr int purge_tries = 50;
constexpr std::chrono::milliseconds purge_pause{100};
constexpr Loop::Pause asleep{3'600'000};
constexpr Loop::Pause soon{1'000};
// Whoever sealed something with the keyring as it was has it in the database by then.
constexpr std::int64_t seal_to_commit = 10 * policies::one_second;

struct Change {
    SealedCell old;
    crypto::Bytes sealed;
};

using Fresh = crypto::Result<std::optional<crypto::Bytes>>;

// Nearly all of the time goes into X25519, five times a key.
std::vector<Fresh> rewrap_cells(const Tools& tools, const std::vector<SealedCell>& cells) {
    std::vector<Fresh> fresh(cells.size(), crypto::Errc::io);
    std::atomic<std::size_t> next{0};
    const auto work = [&] {
        for (std::size_t at = next++; at < cells.size(); at = next++) {
            fresh[at] = tools.keyring.rewrap(cells[at].sealed, tools.random);
        }
    };
    std::vector<std::future<void>> others;
    try {
        for (unsigned number = 1; number < tools.threads; ++number) {
            others.push_back(std::async(std::launch::async, work));
        }
    } catch (const std::system_error&) {
        // No more threads to be had: the work is done by those there are.
    }
    work();
    for (auto& other : others) {
        other.get();
    }
    return fresh;
}

std::vector<Change> rewrap_batch(const Tools& tools, std::vector<SealedCell> cells, Pass& pass) {
    std::vector<Change> changes;
    auto fresh = rewrap_cells(tools, cells);
    for (std::size_t at = 0; at < cells.size(); ++at) {
        ++pass.seen;
        if (fresh[at].has_error()) {
            ++pass.unreadable;
        } else if (fresh[at]->has_value()) {
            ++pass.changed;
            changes.push_back({std::move(cells[at]), **std::move(fresh[at])});
        }
    }
    return changes;
}

crypto::Result<void> write_batch(const Tools& tools, const SealedColumn& column, const std::vector<Change>& changes) {
    if (changes.empty()) {
        return {};
    }
    return tools.database.commit([&](storage::Connection& connection) -> storage::Result<void> {
        for (const auto& change : changes) {
            SealedCells::replace(connection, column, change.old, change.sealed);
        }
        return {};
    });
}

crypto::Result<void> rewrap_column(const Tools& tools, const SealedColumn& column, const std::function<bool()>& go_on, Pass& pass) {
    std::int64_t after = 0;
    while (go_on()) {
        auto cells = tools.database.read([&](storage::Connection& connection) -> storage::Result<std::vector<SealedCell>> {
            return SealedCells::read(connection, column, after, cells_a_batch);
        });
        if (cells.has_error()) {
            return cells.error();
        }
        if (cells->empty()) {
            break;
        }
        after = cells->back().row;
        const auto changes = rewrap_batch(tools, std::move(*cells), pass);
        if (const auto written = write_batch(tools, column, changes); written.has_error()) {
            return written;
        }
    }
    return {};
}

}  // namespace

crypto::Result<Pass> rewrap_all(const Tools& tools, const std::function<bool()>& go_on) {
    Pass pass;
    for (const auto& column : storage::core::sealed_columns()) {
        if (const auto done = rewrap_column(tools, column, go_on, pass); done.has_error()) {
            return done.error();
        }
    }
    return pass;
}

crypto::Result<void> finish(const Tools& tools, const Pass& pass, std::string_view act) {
    const auto recipient = tools.keyring.recipient();
    const auto noted = tools.database.commit([&](storage::Connection& connection) -> storage::Result<void> {
        const storage::Entry entry{std::string(act), {{"recipient", recipient}, {"keys", static_cast<std::int64_t>(pass.seen)}}, {}};
        storage::core::record(connection, tools.audit, entry, tools.clock.now());
        storage::core::KeyRotation::finished(connection, recipient);
        return {};
    });
    if (noted.has_error()) {
        return noted;
    }
    auto purged = tools.database.purge();
    for (int tries = 1; purged.has_error() && tries < purge_tries; ++tries) {
        std::this_thread::sleep_for(purge_pause);
        purged = tools.database.purge();
    }
    return purged;
}

void Rotator::keys_changed() {
    changed_at_ = tools_.clock.now().microseconds;
    loop_.wake();
}

Loop::Pause Rotator::turn() {
    if (tools_.keyring.identities() < 2) {
        return asleep;
    }
    const bool all_sealed_before = tools_.clock.now().microseconds - changed_at_ >= seal_to_commit;
    const auto pass = rewrap_all(tools_, [this] { return !loop_.stopping(); });
    if (pass.has_error() || loop_.stopping()) {
        return Loop::after_failure;
    }
    if (pass->changed > 0 || pass->unreadable > 0) {
        log_event("keys.rewrapped", {{"seen", pass->seen}, {"changed", pass->changed}, {"unreadable", pass->unreadable}});
    }
    if (!pass->is_clean() || !all_sealed_before) {
        return pass->unreadable > 0 ? Loop::after_failure : soon;
    }
    const auto finished = finish(tools_, *pass, "keys.rotated");
    log_event("keys.rotated", {{"keys", pass->seen}, {"finished", finished.has_value()}});
    return finished.has_value() ? asleep : Loop::after_failure;
}

}  // namespace gateway::core::keys
