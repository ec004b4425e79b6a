// A dossier as the console shows it, to this member of staff, now: from rows to JSON text (README.md, "Console"). In one read transaction.
#pragma once

#include "gateway/core/console/call.hpp"

#include <nlohmann/json_fwd.hpp>

namespace gateway::core::console {

// `rules`: of the case type the dossier is pinned to.
struct Viewed {
    const storage::core::Dossier& dossier;
    const policies::CaseType& rules;
    const storage::core::StaffMember& viewer;
    policies::Instant now;
};

nlohmann::json dossier_line(storage::Connection& connection, const Viewed& viewed);
nlohmann::json dossier_page(storage::Connection& connection, const Viewed& viewed);

}  // namespace gateway::core::console
