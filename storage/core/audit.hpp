// The one way to write an audit entry: into the tamper-evident log and, when the entry names a dossier (field "dossier", its id), into
// that dossier's timeline. In the caller's transaction; gives the entry's index.
#pragma once

#include "policies/ids.hpp"
#include "storage/merkle_log.hpp"

namespace storage::core {

std::uint64_t record(Connection& connection, MerkleLog& log, const Entry& entry, policies::Instant now);

struct TimelineEntry {
    policies::Instant at;
    std::string act;
    std::uint64_t log_index = 0;
    std::optional<policies::StaffId> staff;  // who acted, when the entry says so
    std::optional<policies::PartyId> party;  // otherwise, whose link it was
};
std::vector<TimelineEntry> timeline(Connection& connection, const policies::DossierId& dossier);  // oldest first

}  // namespace storage::core
