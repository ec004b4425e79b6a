// Machines that may speak for a grant besides whoever has its link. A change is part of the grant's next posting, so it raises its version.
#pragma once

#include "policies/ids.hpp"
#include "policies/instant.hpp"
#include "storage/connection.hpp"
#include "storage/machines.hpp"

#include <variant>

namespace storage::core {

using Machine = std::variant<OAuthClient, crypto::Digest>;  // a certificate by SHA-256 of its DER

struct GrantMachine {
    Machine machine;
    policies::Instant added_at;
};

class GrantMachines final {
public:
    // Both give false, and nothing happens, when it was so already.
    static bool add(Connection& connection, const policies::GrantId& grant, const Machine& machine, policies::Instant now);
    static bool remove(Connection& connection, const policies::GrantId& grant, const Machine& machine);

    static std::vector<GrantMachine> of_grant(Connection& connection, const policies::GrantId& grant);
    static Machines digests(Connection& connection, const policies::GrantId& grant);  // as the edge is told
};

}  // namespace storage::core
