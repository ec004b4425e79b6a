#include "storage/core/audit.hpp"

#include "storage/core/row.hpp"

namespace storage::core {

std::uint64_t record(Connection& connection, MerkleLog& log, const Entry& entry, policies::Instant now) {
    const std::uint64_t index = log.append(connection, entry, now);
    const auto named = entry.fields.find("dossier");
    if (named != entry.fields.end() && std::holds_alternative<std::string>(named->second)) {
        connection.run(
            "INSERT INTO timeline (dossier_id, log_index, at, act) VALUES (?, ?, ?, ?)",
            std::get<std::string>(named->second),
            index,
            now.microseconds,
            entry.act
        );
    }
    return index;
}

std::vector<TimelineEntry> timeline(Connection& connection, const policies::DossierId& dossier) {
    std::vector<TimelineEntry> entries;
    auto found = connection.query("SELECT at, act, log_index FROM timeline WHERE dossier_id = ? ORDER BY log_index", dossier.text());
    while (found.step()) {
        entries.push_back({row::instant(found, 0), found.text(1), row::count(found, 2)});
    }
    return entries;
}

}  // namespace storage::core
