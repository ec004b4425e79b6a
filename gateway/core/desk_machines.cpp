// Machines that speak for a grant: programs of a contractor with access tokens of the organisation's identity provider, or certificates.
#include "gateway/core/desk_fields.hpp"

namespace gateway::core {

namespace {

using namespace storage::core;
using namespace desk;
using Answer = std::variant<policies::GrantId, Refusal>;

constexpr std::size_t machines_max = 64;  // of a grant; an edge takes as many

std::optional<Refusal> fault_in(const Machine& machine) {
    const auto* client = std::get_if<storage::OAuthClient>(&machine);
    if (client == nullptr) {
        return std::nullopt;
    }
    if (!is_line(client->issuer, name_max) || !client->issuer.starts_with("https://")) {
        return invalid("client.issuer: an https address, at most 200 bytes");
    }
    if (!is_line(client->client, name_max)) {
        return invalid("client.client: one line, at most 200 bytes");
    }
    return std::nullopt;
}

storage::Entry machine_entry(std::string act, const Grant& grant, const Machine& machine, const StaffMember& actor) {
    const auto* client = std::get_if<storage::OAuthClient>(&machine);
    return {
        std::move(act),
        {{"dossier", grant.dossier.text()},
         {"grant", grant.id.text()},
         {"party", grant.party.text()},
         {"kind", client == nullptr ? "certificate" : "client"},
         {"machine", client == nullptr ? std::get<crypto::Digest>(machine).hex() : storage::digest_of(*client).hex()},
         {"staff", actor.id.text()}},
        {},
    };
}

std::optional<Grant> own_grant(storage::Connection& connection, const StaffMember& actor, const policies::GrantId& id) {
    auto grant = Grants::find(connection, id);
    return grant && own_dossier(connection, actor, grant->dossier) ? std::move(grant) : std::nullopt;
}

}  // namespace

Deed<policies::GrantId> Desk::add_machine(const Actor& actor, const policies::GrantId& id, const Machine& machine) {
    if (auto fault = fault_in(machine)) {
        return Answer(std::move(*fault));
    }
    const auto now = tools_.clock.now();
    return tools_.database.commit([&](storage::Connection& connection) -> storage::Result<Answer> {
        const auto grant = own_grant(connection, actor, id);
        if (!grant) {
            return Answer(not_found());
        }
        if (grant->state != policies::GrantState::open && grant->state != policies::GrantState::paused) {
            return Answer(Refusal{Refusal::Kind::conflict, "the request takes nothing more"});
        }
        if (GrantMachines::add(connection, id, machine, now)) {
            if (GrantMachines::of_grant(connection, id).size() > machines_max) {
                return storage::Errc::conflict;  // takes it back
            }
            record(connection, tools_.audit, machine_entry("machine.added", *grant, machine, actor), now);
        }
        return Answer(id);
    });
}

Deed<policies::GrantId> Desk::remove_machine(const Actor& actor, const policies::GrantId& id, const Machine& machine) {
    const auto now = tools_.clock.now();
    return tools_.database.commit([&](storage::Connection& connection) -> storage::Result<Answer> {
        const auto grant = own_grant(connection, actor, id);
        if (!grant) {
            return Answer(not_found());
        }
        if (GrantMachines::remove(connection, id, machine)) {
            record(connection, tools_.audit, machine_entry("machine.removed", *grant, machine, actor), now);
        }
        return Answer(id);
    });
}

}  // namespace gateway::core
