#include "storage/core/consents.hpp"

#include "storage/core/row.hpp"

namespace storage::core {

namespace {

policies::ConsentRecord read(const Statement& row) {
    return {
        row::id<policies::ConsentId>(row, 0),
        row.text(1),
        row::id<policies::PartyId>(row, 2),
        row::instant(row, 3),
        row::instant(row, 4),
        row.text(5),
        row.text(6),
        {},
    };
}

std::vector<policies::ConsentEvent> events_of(Connection& connection, const policies::ConsentId& id) {
    std::vector<policies::ConsentEvent> events;
    auto found = connection.query(
        "SELECT sequence, state, at, by_user, reason FROM consent_event WHERE consent_id = ? ORDER BY sequence", id.text()
    );
    while (found.step()) {
        const auto state = policies::parse_consent_state(found.text(1));
        if (!state) {
            row::altered("consent state");
        }
        events.push_back({row::count(found, 0), *state, row::instant(found, 2), found.text(3), found.text(4)});
    }
    return events;
}

void insert_event(Connection& connection, const policies::ConsentId& id, const policies::ConsentEvent& event, std::uint64_t sequence) {
    connection.run(
        "INSERT INTO consent_event (consent_id, sequence, state, at, by_user, reason) VALUES (?, ?, ?, ?, ?, ?)",
        id.text(),
        sequence,
        policies::text_of(event.state),
        event.at.microseconds,
        event.by,
        event.reason
    );
}

std::uint64_t raise_epoch(Connection& connection, const policies::DossierId& dossier, const policies::PartyId& party) {
    connection.run(
        "INSERT INTO consent_epoch (dossier_id, party_id, epoch) VALUES (?, ?, 1) "
        "ON CONFLICT (dossier_id, party_id) DO UPDATE SET epoch = epoch + 1",
        dossier.text(),
        party.text()
    );
    return Consents::epoch(connection, dossier, party);
}

}  // namespace

std::uint64_t Consents::add(Connection& connection, const policies::DossierId& dossier, const policies::ConsentRecord& record) {
    connection.run(
        "INSERT INTO consent (id, dossier_id, party_id, rule, valid_from, valid_until, evidence, note) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        record.id.text(),
        dossier.text(),
        record.party.text(),
        record.rule,
        record.from.microseconds,
        record.until.microseconds,
        record.evidence,
        record.note
    );
    std::uint64_t sequence = 0;
    for (const auto& event : record.events) {
        insert_event(connection, record.id, event, ++sequence);
    }
    return raise_epoch(connection, dossier, record.party);
}

Result<std::uint64_t> Consents::append(Connection& connection, const policies::ConsentId& id, const policies::ConsentEvent& event) {
    const auto found = find(connection, id);
    if (!found) {
        return Errc::not_found;
    }
    if (!policies::may_follow(policies::state_of(found->record), event.state)) {
        return Errc::conflict;
    }
    insert_event(connection, id, event, found->record.events.size() + 1);
    return raise_epoch(connection, found->dossier, found->record.party);
}

std::optional<Consents::Found> Consents::find(Connection& connection, const policies::ConsentId& id) {
    std::optional<Found> result;
    {
        auto found = connection.query(
            "SELECT id, rule, party_id, valid_from, valid_until, evidence, note, dossier_id FROM consent WHERE id = ?", id.text()
        );
        if (!found.step()) {
            return std::nullopt;
        }
        result = Found{row::id<policies::DossierId>(found, 7), read(found)};
    }
    result->record.events = events_of(connection, id);
    return result;
}

std::vector<policies::ConsentRecord> Consents::of_dossier(Connection& connection, const policies::DossierId& dossier) {
    std::vector<policies::ConsentRecord> records;
    {
        auto found = connection.query(
            "SELECT id, rule, party_id, valid_from, valid_until, evidence, note FROM consent WHERE dossier_id = ? ORDER BY valid_from, id",
            dossier.text()
        );
        while (found.step()) {
            records.push_back(read(found));
        }
    }
    for (auto& record : records) {
        record.events = events_of(connection, record.id);
    }
    return records;
}

std::uint64_t Consents::epoch(Connection& connection, const policies::DossierId& dossier, const policies::PartyId& party) {
    auto found = connection.query("SELECT epoch FROM consent_epoch WHERE dossier_id = ? AND party_id = ?", dossier.text(), party.text());
    return found.step() ? row::count(found, 0) : 0;
}

}  // namespace storage::core
