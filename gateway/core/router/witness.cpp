#include "gateway/core/router/witness.hpp"

#include "gateway/core/router/acceptance.hpp"
#include "gateway/log.hpp"
#include "storage/core/audit.hpp"
#include "storage/core/documents.hpp"
#include "storage/core/edge_log.hpp"
#include "storage/core/new_id.hpp"

namespace gateway::core::router {

namespace {

// Entries of one pull: an edge signs no more at once. A bound on memory against an edge that lies.
constexpr std::uint64_t entries_at_once_max = 1U << 16U;

class WitnessCategory final : public boost::system::error_category {
public:
    const char* name() const noexcept override { return "witness"; }
    std::string message(int) const override { return "the edge's log contradicts what was seen before"; }
};

// Entries that name no grant or item of ours are evidence; the pull goes on. One note a pull, or an edge that is taken over could make
// the audit log as long as it likes.
void note_strays(storage::Connection& connection, const Tools& tools, std::span<const std::uint64_t> indexes) {
    if (!indexes.empty()) {
        const storage::Entry entry{
            "edge-log.stray",
            {{"index", static_cast<std::int64_t>(indexes.front())}, {"count", static_cast<std::int64_t>(indexes.size())}},
            {}
        };
        storage::core::record(connection, tools.audit, entry, tools.clock.now());
    }
}

enum class Taken { document, stray };

storage::Result<Taken> accept(storage::Connection& connection, const Tools& tools, const Acceptance& acceptance, std::uint64_t index) {
    const storage::core::AcceptedUpload upload{
        storage::core::new_id<policies::DocumentId>(tools.random),
        acceptance.upload,
        acceptance.grant,
        acceptance.item,
        index,
        acceptance.size,
        acceptance.sha256,
        acceptance.manifest,
        acceptance.mac,
        acceptance.at
    };
    const auto accepted = storage::core::Documents::accept(connection, upload);
    if (accepted.has_value()) {
        return Taken::document;
    }
    if (accepted.error() == storage::Errc::not_found || accepted.error() == storage::Errc::refused) {
        return Taken::stray;
    }
    return accepted.error();
}

}  // namespace

const boost::system::error_category& witness_category() noexcept {
    static const WitnessCategory category;
    return category;
}

boost::system::error_code make_error_code(WitnessErrc error) noexcept {
    return {static_cast<int>(error), witness_category()};
}

crypto::Result<void> Witness::inconsistent(std::string why) {
    why_ = std::move(why);
    return WitnessErrc::inconsistent;
}

crypto::Result<std::uint64_t> Witness::pull() {
    const auto before = tools_.database.read([](storage::Connection& connection) { return storage::core::EdgeLog::frontier(connection); });
    if (before.has_error()) {
        return before.error();
    }
    auto page = tools_.edge.log(before->size());
    if (page.has_error()) {
        return page.error();
    }
    if (before->size() == 0 && page->entries.empty() && page->checkpoint.empty()) {
        return 0U;  // a new edge that has not signed anything yet
    }
    note_ = page->checkpoint;
    const auto checkpoint = crypto::merkle::open_checkpoint(note_, std::span(&tools_.edge_log, 1));
    if (checkpoint.has_error()) {
        return inconsistent("signature").error();
    }
    if (checkpoint->head.size < before->size()) {
        return inconsistent("shrunk").error();
    }
    const auto added = checkpoint->head.size - before->size();
    if (added > entries_at_once_max) {
        return LinkErrc::malformed;
    }
    if (added == 0) {
        return checkpoint->head.root == before->root() ? crypto::Result<std::uint64_t>(0U) : inconsistent("root").error();
    }
    const auto entries = fetch_up_to(std::move(*page), before->size(), checkpoint->head.size);
    if (entries.has_error()) {
        return entries.error();
    }
    if (const auto taken = take(*before, *entries, *checkpoint); taken.has_error()) {
        return taken.error();
    }
    return added;
}

// The log may grow while it is read: pages are taken up to the size that the first page's checkpoint signed, no further.
crypto::Result<std::vector<crypto::Bytes>> Witness::fetch_up_to(EdgeLogPage page, std::uint64_t from, std::uint64_t size) {
    auto entries = std::move(page.entries);
    while (entries.size() < size - from) {
        auto next = tools_.edge.log(from + entries.size());
        if (next.has_error()) {
            return next.error();
        }
        if (next->entries.empty()) {
            return inconsistent("missing").error();  // it signed more than it can show
        }
        std::move(next->entries.begin(), next->entries.end(), std::back_inserter(entries));
    }
    entries.resize(size - from);
    return entries;
}

crypto::Result<void> Witness::take(
    const crypto::merkle::Frontier& before,
    std::span<const crypto::Bytes> entries,
    const crypto::merkle::Checkpoint& checkpoint
) {
    auto after = before;
    std::vector<std::pair<crypto::merkle::Node, crypto::Digest>> nodes;
    for (const auto& entry : entries) {
        const auto completed = after.append(crypto::merkle::leaf_hash(entry));
        nodes.insert(nodes.end(), completed.begin(), completed.end());
    }
    if (after.root() != checkpoint.head.root) {
        return inconsistent("root");
    }
    return tools_.database.commit([&](storage::Connection& connection) -> storage::Result<void> {
        if (storage::core::EdgeLog::witnessed(connection).size != before.size()) {
            return storage::Errc::conflict;
        }
        storage::core::EdgeLog::add_nodes(connection, nodes);
        if (const auto grown = storage::core::EdgeLog::witness(connection, {checkpoint.head.size, note_}); grown.has_error()) {
            return grown;
        }
        const storage::Entry witnessed{
            "edge-log.witnessed",
            {{"size", static_cast<std::int64_t>(checkpoint.head.size)}, {"root", checkpoint.head.root.hex()}, {"origin", checkpoint.origin}
            },
            {}
        };
        storage::core::record(connection, tools_.audit, witnessed, tools_.clock.now());
        std::vector<std::uint64_t> strays;
        for (std::size_t position = 0; position < entries.size(); ++position) {
            const auto index = before.size() + position;
            const auto entry = parse_log_entry(entries[position], checkpoint.origin, index);
            bool stray = entry.kind == LogEntry::Kind::malformed;
            if (entry.acceptance) {
                const auto accepted = accept(connection, tools_, *entry.acceptance, index);
                if (accepted.has_error()) {
                    return accepted.error();
                }
                stray = *accepted == Taken::stray;
            }
            if (stray) {
                strays.push_back(index);
            }
        }
        note_strays(connection, tools_, strays);
        return {};
    });
}

crypto::Result<void> Witness::record_inconsistency() {
    log_event("edge-log.inconsistent", {{"why", why_}});
    return tools_.database.commit([this](storage::Connection& connection) -> storage::Result<void> {
        // The note goes in as its hash and, as far as it fits, its text: two notes of one size with two roots convict the edge.
        const storage::Entry entry{
            "edge-log.inconsistent",
            {{"why", why_},
             {"note", note_.size() <= 1024 ? note_ : std::string()},
             {"noteSha256", crypto::sha256(crypto::as_bytes(note_)).hex()},
             {"witnessed", static_cast<std::int64_t>(storage::core::EdgeLog::witnessed(connection).size)}},
            {}
        };
        storage::core::record(connection, tools_.audit, entry, tools_.clock.now());
        return {};
    });
}

}  // namespace gateway::core::router
