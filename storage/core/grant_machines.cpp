#include "storage/core/grant_machines.hpp"

#include "storage/core/row.hpp"

namespace storage::core {

namespace {

// The two columns that make a machine.
struct Names {
    std::string issuer;
    std::string name;
};

Names names_of(const Machine& machine) {
    if (const auto* client = std::get_if<OAuthClient>(&machine)) {
        return {client->issuer, client->client};
    }
    return {"", std::get<crypto::Digest>(machine).hex()};
}

Machine machine_of(const Statement& row, int first) {
    if (!row.text(first).empty()) {
        return OAuthClient{row.text(first), row.text(first + 1)};
    }
    const auto certificate = crypto::Digest::from_hex(row.text(first + 1));
    if (!certificate) {
        row::altered("grant machine");
    }
    return *certificate;
}

void raise_version(Connection& connection, const policies::GrantId& grant) {
    connection.run("UPDATE issued_grant SET version = version + 1 WHERE id = ?", grant.text());
}

}  // namespace

bool GrantMachines::add(Connection& connection, const policies::GrantId& grant, const Machine& machine, policies::Instant now) {
    const auto [issuer, name] = names_of(machine);
    const auto rows = connection.run(
        "INSERT INTO grant_machine (grant_id, issuer, name, added_at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
        grant.text(),
        issuer,
        name,
        now.microseconds
    );
    if (rows == 1) {
        raise_version(connection, grant);
    }
    return rows == 1;
}

bool GrantMachines::remove(Connection& connection, const policies::GrantId& grant, const Machine& machine) {
    const auto [issuer, name] = names_of(machine);
    const auto rows =
        connection.run("DELETE FROM grant_machine WHERE grant_id = ? AND issuer = ? AND name = ?", grant.text(), issuer, name);
    if (rows == 1) {
        raise_version(connection, grant);
    }
    return rows == 1;
}

std::vector<GrantMachine> GrantMachines::of_grant(Connection& connection, const policies::GrantId& grant) {
    std::vector<GrantMachine> machines;
    auto row = connection.query("SELECT issuer, name, added_at FROM grant_machine WHERE grant_id = ? ORDER BY issuer, name", grant.text());
    while (row.step()) {
        machines.push_back({machine_of(row, 0), row::instant(row, 2)});
    }
    return machines;
}

Machines GrantMachines::digests(Connection& connection, const policies::GrantId& grant) {
    Machines digests;
    for (const auto& [machine, added_at] : of_grant(connection, grant)) {
        if (const auto* client = std::get_if<OAuthClient>(&machine)) {
            digests.clients.push_back(digest_of(*client));
        } else {
            digests.certificates.push_back(std::get<crypto::Digest>(machine));
        }
    }
    return digests;
}

}  // namespace storage::core
