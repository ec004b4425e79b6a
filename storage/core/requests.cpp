#include "storage/core/requests.hpp"

#include "storage/core/row.hpp"

namespace storage::core {

namespace {

Request read(const Statement& row) {
    return Request{
        .id = row::id<policies::RequestId>(row, 0),
        .dossier = row::id<policies::DossierId>(row, 1),
        .party = row::id<policies::PartyId>(row, 2),
        .made_by = row::id<policies::StaffId>(row, 3),
        .deadline = row::instant(row, 4),
        .message = row.text(5),
        .language = row.text(6),
        .sent_at = row::instant(row, 7),
        .closed_at = row::optional_instant(row, 8),
        .items = {},
    };
}

RequestItem read_item(const Statement& row) {
    return {row::id<policies::ItemId>(row, 0), row.text(1), row.integer(2) != 0, row::count(row, 3), row::count(row, 4)};
}

std::vector<RequestItem> items_of(Connection& connection, const policies::RequestId& id) {
    std::vector<RequestItem> items;
    auto found = connection.query(
        "SELECT id, type, required, files_max, file_bytes_max FROM request_item WHERE request_id = ? ORDER BY position", id.text()
    );
    while (found.step()) {
        items.push_back(read_item(found));
    }
    return items;
}

}  // namespace

void Requests::add(Connection& connection, const Request& request) {
    connection.run(
        "INSERT INTO request (id, dossier_id, party_id, made_by, deadline, message, language, sent_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        request.id.text(),
        request.dossier.text(),
        request.party.text(),
        request.made_by.text(),
        request.deadline.microseconds,
        request.message,
        request.language,
        request.sent_at.microseconds
    );
    std::int64_t position = 0;
    for (const auto& item : request.items) {
        connection.run(
            "INSERT INTO request_item (id, request_id, position, type, required, files_max, file_bytes_max) VALUES (?, ?, ?, ?, ?, ?, ?)",
            item.id.text(),
            request.id.text(),
            position++,
            item.type,
            item.required,
            item.files_max,
            item.file_bytes_max
        );
    }
}

std::optional<Request> Requests::find(Connection& connection, const policies::RequestId& id) {
    std::optional<Request> request;
    {
        auto found = connection.query(
            "SELECT id, dossier_id, party_id, made_by, deadline, message, language, sent_at, closed_at FROM request WHERE id = ?", id.text()
        );
        if (!found.step()) {
            return std::nullopt;
        }
        request = read(found);
    }
    request->items = items_of(connection, id);
    return request;
}

std::vector<Request> Requests::of_dossier(Connection& connection, const policies::DossierId& dossier) {
    std::vector<Request> requests;
    {
        auto found = connection.query(
            "SELECT id, dossier_id, party_id, made_by, deadline, message, language, sent_at, closed_at FROM request "
            "WHERE dossier_id = ? ORDER BY sent_at, id",
            dossier.text()
        );
        while (found.step()) {
            requests.push_back(read(found));
        }
    }
    for (auto& request : requests) {
        request.items = items_of(connection, request.id);
    }
    return requests;
}

std::optional<Requests::ItemFound> Requests::find_item(Connection& connection, const policies::ItemId& id) {
    auto found =
        connection.query("SELECT id, type, required, files_max, file_bytes_max, request_id FROM request_item WHERE id = ?", id.text());
    if (!found.step()) {
        return std::nullopt;
    }
    return ItemFound{row::id<policies::RequestId>(found, 5), read_item(found)};
}

std::vector<policies::ItemFacts> Requests::facts(Connection& connection, const Request& request) {
    std::vector<policies::ItemFacts> facts;
    for (const auto& item : request.items) {
        auto found = connection.query(
            "SELECT count(*) FILTER (WHERE state = 'filed'), count(*) FILTER (WHERE state IN ('accepted', 'checking', 'filing')) "
            "FROM document WHERE item_id = ?",
            item.id.text()
        );
        found.step();
        facts.push_back({item.required, row::count(found, 0), row::count(found, 1)});
    }
    return facts;
}

policies::RequestState Requests::state(Connection& connection, const Request& request, policies::Instant now) {
    const auto items = facts(connection, request);
    const policies::RequestFacts known{items, false, request.closed_at.has_value(), request.deadline};
    return policies::request_state(known, now);
}

}  // namespace storage::core
