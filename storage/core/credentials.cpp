#include "storage/core/credentials.hpp"

#include "storage/core/row.hpp"

#include <algorithm>

namespace storage::core {

namespace {

#define CREDENTIAL_COLUMNS                                                                                                                 \
    "c.grant_id, g.request_id, c.label, c.made_by, c.made_at, c.valid_until, c.replaced_by, c.revoked_at "                                 \
    "FROM credential AS c JOIN issued_grant AS g ON g.id = c.grant_id"
constexpr std::string_view by_id = "SELECT " CREDENTIAL_COLUMNS " WHERE c.grant_id = ?";
constexpr std::string_view by_request = "SELECT " CREDENTIAL_COLUMNS " WHERE g.request_id = ? ORDER BY c.made_at DESC, c.rowid DESC";
#undef CREDENTIAL_COLUMNS

Credential read(const Statement& row) {
    return Credential{
        .id = row::id<policies::GrantId>(row, 0),
        .request = row::id<policies::RequestId>(row, 1),
        .label = row.text(2),
        .items = {},
        .made_by = row::id<policies::StaffId>(row, 3),
        .made_at = row::instant(row, 4),
        .valid_until = row::instant(row, 5),
        .replaced_by = row::optional_id<policies::GrantId>(row, 6),
        .revoked_at = row::optional_instant(row, 7),
    };
}

void read_items(Connection& connection, Credential& credential) {
    auto found = connection.query(
        "SELECT c.item_id FROM credential_item AS c JOIN request_item AS i ON i.id = c.item_id WHERE c.grant_id = ? ORDER BY i.position",
        credential.id.text()
    );
    while (found.step()) {
        credential.items.push_back(row::id<policies::ItemId>(found, 0));
    }
}

}  // namespace

void Credentials::add(Connection& connection, const Credential& credential) {
    connection.run(
        "INSERT INTO credential (grant_id, label, made_by, made_at, valid_until) VALUES (?, ?, ?, ?, ?)",
        credential.id.text(),
        credential.label,
        credential.made_by.text(),
        credential.made_at.microseconds,
        credential.valid_until.microseconds
    );
    for (const auto& item : credential.items) {
        connection.run("INSERT INTO credential_item (grant_id, item_id) VALUES (?, ?)", credential.id.text(), item.text());
    }
}

std::optional<Credential> Credentials::find(Connection& connection, const policies::GrantId& id) {
    std::optional<Credential> credential;
    {
        auto found = connection.query(by_id, id.text());
        if (!found.step()) {
            return std::nullopt;
        }
        credential = read(found);
    }
    read_items(connection, *credential);
    return credential;
}

std::vector<Credential> Credentials::of_request(Connection& connection, const policies::RequestId& request) {
    std::vector<Credential> credentials;
    {
        auto found = connection.query(by_request, request.text());
        while (found.step()) {
            credentials.push_back(read(found));
        }
    }
    for (auto& credential : credentials) {
        read_items(connection, credential);
    }
    return credentials;
}

policies::CredentialState Credentials::state(Connection& connection, const Credential& credential, policies::Instant now) {
    const auto grant = Grants::find(connection, credential.id);
    if (!grant) {
        row::altered("credential without a grant");
    }
    return policies::credential_state(
        {grant->state, grant->expires_at, credential.replaced_by.has_value(), credential.revoked_at.has_value()}, now
    );
}

void Credentials::replace(Connection& connection, const policies::GrantId& old, const policies::GrantId& by, policies::Instant until) {
    connection.run(
        "UPDATE credential SET replaced_by = ?, valid_until = min(valid_until, ?) WHERE grant_id = ?",
        by.text(),
        until.microseconds,
        old.text()
    );
}

void Credentials::revoke(Connection& connection, const policies::GrantId& id, policies::Instant at) {
    connection.run("UPDATE credential SET revoked_at = ? WHERE grant_id = ? AND revoked_at IS NULL", at.microseconds, id.text());
}

std::optional<Request> Credentials::request_of(Connection& connection, const Grant& grant) {
    auto request = Requests::find(connection, grant.request);
    const auto credential = request ? find(connection, grant.id) : std::nullopt;
    if (credential) {
        std::erase_if(request->items, [&](const RequestItem& item) {
            return std::find(credential->items.begin(), credential->items.end(), item.id) == credential->items.end();
        });
        request->deadline = credential->valid_until;
    }
    return request;
}

}  // namespace storage::core
