// Outside persons and organisations of a dossier, each in a role of its case type. The same person in two dossiers is two parties:
// nothing is shared between dossiers.
#pragma once

#include "policies/ids.hpp"
#include "policies/instant.hpp"
#include "storage/connection.hpp"

namespace storage::core {

struct Party {
    policies::PartyId id;
    policies::DossierId dossier;
    std::string role;
    std::string name;
    std::string mail;
    policies::Instant added_at;
};

class Parties final {
public:
    static void add(Connection& connection, const Party& party);
    static std::optional<Party> find(Connection& connection, const policies::PartyId& id);
    static std::vector<Party> of_dossier(Connection& connection, const policies::DossierId& dossier);
};

}  // namespace storage::core
