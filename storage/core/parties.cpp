#include "storage/core/parties.hpp"

#include "storage/core/row.hpp"

namespace storage::core {

namespace {

Party read(const Statement& row) {
    return {
        row::id<policies::PartyId>(row, 0),
        row::id<policies::DossierId>(row, 1),
        row.text(2),
        row.text(3),
        row.text(4),
        row::instant(row, 5),
    };
}

}  // namespace

void Parties::add(Connection& connection, const Party& party) {
    connection.run(
        "INSERT INTO party (id, dossier_id, role, name, mail, added_at) VALUES (?, ?, ?, ?, ?, ?)",
        party.id.text(),
        party.dossier.text(),
        party.role,
        party.name,
        party.mail,
        party.added_at.microseconds
    );
}

std::optional<Party> Parties::find(Connection& connection, const policies::PartyId& id) {
    auto found = connection.query("SELECT id, dossier_id, role, name, mail, added_at FROM party WHERE id = ?", id.text());
    if (!found.step()) {
        return std::nullopt;
    }
    return read(found);
}

std::vector<Party> Parties::of_dossier(Connection& connection, const policies::DossierId& dossier) {
    std::vector<Party> parties;
    auto found = connection.query(
        "SELECT id, dossier_id, role, name, mail, added_at FROM party WHERE dossier_id = ? ORDER BY added_at, id", dossier.text()
    );
    while (found.step()) {
        parties.push_back(read(found));
    }
    return parties;
}

}  // namespace storage::core
