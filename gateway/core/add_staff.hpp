// `sluis-core --add-staff`: accounts from lines of JSON, {"user","name","mail","roles":[…],"password"} each. An account that is there is
// changed and its sessions end. All lines are checked before the first account is written; one bad line and nothing is.
#pragma once

#include "storage/database.hpp"
#include "storage/merkle_log.hpp"

#include <istream>

namespace gateway::core {

struct StaffLines {
    std::size_t accounts = 0;
    std::vector<std::string> faults;  // "line 2: roles: must name handler, advising-doctor, dpo or operator"
};

constexpr std::size_t staff_lines_max = 1000;
constexpr std::size_t password_min = 10;  // characters

storage::Result<StaffLines>
add_staff(std::istream& lines, storage::Database& database, storage::MerkleLog& audit, crypto::Random& random, policies::Instant now);

}  // namespace gateway::core
