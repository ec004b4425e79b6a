// A dossier as the console shows it, to this member of staff, now: from rows to JSON text (README.md, "Console"). In one read transaction.
#pragma once

#include "gateway/core/console/call.hpp"

#include <nlohmann/json_fwd.hpp>

namespace gateway::core::console {

struct Viewer {
    const storage::core::StaffMember& staff;
    const CaseTypeShelf& case_types;
    policies::Instant now;
};

// Errc::damaged when the dossier's case type is not on the shelf.
storage::Result<nlohmann::json> dossier_line(storage::Connection& connection, const storage::core::Dossier& dossier, const Viewer& viewer);
storage::Result<nlohmann::json> dossier_page(storage::Connection& connection, const storage::core::Dossier& dossier, const Viewer& viewer);

}  // namespace gateway::core::console
