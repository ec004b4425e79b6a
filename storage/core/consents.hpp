// The consent register: records and their events, append-only (a trigger forbids edits), and the epoch of (dossier, discloser), which
// every event raises. What an event means for a disclosure is policies/consent.hpp.
#pragma once

#include "policies/consent.hpp"
#include "storage/connection.hpp"

namespace storage::core {

class Consents final {
public:
    // The record with its events; raises the epoch and gives it.
    static std::uint64_t add(Connection& connection, const policies::DossierId& dossier, const policies::ConsentRecord& record);
    // Raises the epoch and gives it. Errc::conflict when the event may not follow the state it is in; not_found.
    static Result<std::uint64_t> append(Connection& connection, const policies::ConsentId& id, const policies::ConsentEvent& event);

    struct Found {
        policies::DossierId dossier;
        policies::ConsentRecord record;
    };
    static std::optional<Found> find(Connection& connection, const policies::ConsentId& id);
    static std::vector<policies::ConsentRecord> of_dossier(Connection& connection, const policies::DossierId& dossier);
    static std::uint64_t epoch(Connection& connection, const policies::DossierId& dossier, const policies::PartyId& party);  // 0: none yet
};

}  // namespace storage::core
