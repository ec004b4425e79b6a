#include "storage/core/audit.hpp"

#include "storage/core/row.hpp"

namespace storage::core {

namespace {

std::optional<std::string> text_field(const Entry& entry, const char* name) {
    const auto found = entry.fields.find(name);
    const auto* text = found == entry.fields.end() ? nullptr : std::get_if<std::string>(&found->second);
    return text == nullptr ? std::nullopt : std::optional(*text);
}

template <class Id>
std::optional<Id> optional_id(const Statement& row, int column) {
    return row.is_null(column) ? std::nullopt : std::optional(row::id<Id>(row, column));
}

}  // namespace

std::uint64_t record(Connection& connection, MerkleLog& log, const Entry& entry, policies::Instant now) {
    const std::uint64_t index = log.append(connection, entry, now);
    if (const auto dossier = text_field(entry, "dossier")) {
        connection.run(
            "INSERT INTO timeline (dossier_id, log_index, at, act, staff_id, party_id)"
            " VALUES (?, ?, ?, ?, ?, (SELECT party_id FROM issued_grant WHERE id = ?))",
            *dossier,
            index,
            now.microseconds,
            entry.act,
            text_field(entry, "staff"),
            text_field(entry, "grant")
        );
    }
    return index;
}

std::vector<TimelineEntry> timeline(Connection& connection, const policies::DossierId& dossier) {
    std::vector<TimelineEntry> entries;
    auto found = connection.query(
        "SELECT at, act, log_index, staff_id, party_id FROM timeline WHERE dossier_id = ? ORDER BY log_index", dossier.text()
    );
    while (found.step()) {
        entries.push_back(
            {row::instant(found, 0),
             found.text(1),
             row::count(found, 2),
             optional_id<policies::StaffId>(found, 3),
             optional_id<policies::PartyId>(found, 4)}
        );
    }
    return entries;
}

}  // namespace storage::core
