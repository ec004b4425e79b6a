// API credentials: made, replaced with an overlap, taken back. Each is a grant of a request whose link the handler sees once.
#include "gateway/core/desk_grants.hpp"
#include "storage/core/consents.hpp"
#include "storage/core/credentials.hpp"

#include <algorithm>
#include <set>

namespace gateway::core {

namespace {

using namespace storage::core;
using namespace desk;

constexpr std::int64_t one_hour = policies::one_day / 24;

Refusal conflict(std::string detail) {
    return {Refusal::Kind::conflict, std::move(detail)};
}

std::optional<Refusal> fault_in(const NewCredential& wanted, policies::Instant now) {
    if (!is_line(wanted.label, label_max)) {
        return invalid("label: one line, at most 100 bytes");
    }
    if (wanted.items.empty() || wanted.items.size() > items_max) {
        return invalid("items: 1 to 50");
    }
    if (std::set<std::string_view>(wanted.items.begin(), wanted.items.end()).size() != wanted.items.size()) {
        return invalid("items: each document type once");
    }
    if (wanted.expires_at <= now || wanted.expires_at > now + deadline_max) {
        return invalid("expiresAt: must be in the future, at most 400 days");
    }
    return std::nullopt;
}

// What a credential stands on, read before its keys are made and looked at again in the transaction that writes it.
struct Ground {
    Request request;  // with the credential's items and end
    Party party;
    std::shared_ptr<const PinnedCaseType> type;
};
using Found = std::variant<Ground, Refusal>;

// The request takes nothing more: it was closed, or its consent was withdrawn, or the keys of its dossier were destroyed.
bool is_over(storage::Connection& connection, const Request& request) {
    const auto mailed = Grants::of_request(connection, request.id);
    return request.closed_at || !mailed || mailed->state == policies::GrantState::withdrawn || mailed->sealed_keys.empty();
}

std::size_t in_use(storage::Connection& connection, const policies::RequestId& request, policies::Instant now) {
    const auto all = Credentials::of_request(connection, request);
    return static_cast<std::size_t>(std::count_if(all.begin(), all.end(), [&](const Credential& one) {
        return policies::is_in_use(Credentials::state(connection, one, now));
    }));
}

storage::Result<Found>
find_ground(storage::Connection& connection, const DeskTools& tools, const StaffMember& actor, const policies::RequestId& id) {
    auto request = Requests::find(connection, id);
    const auto own = request ? own_dossier(connection, actor, request->dossier) : std::nullopt;
    if (!own) {
        return Found(not_found());
    }
    auto party = Parties::find(connection, request->party);
    auto type = tools.case_types.find(own->case_type_sha256);
    const auto* role = party && type ? type->rules.party(party->role) : nullptr;
    if (role == nullptr) {
        return storage::Errc::damaged;
    }
    if (!policies::may_hold_credential(*role)) {
        return Found(invalid("request: only a contractor who needs no one-time code may hold a credential"));
    }
    if (is_over(connection, *request)) {
        return Found(conflict("the request takes no documents any more"));
    }
    return Found(Ground{std::move(*request), std::move(*party), std::move(type)});
}

// The request for these items only, until the credential's end. Nothing when it never asked for one of them.
std::optional<Request> narrowed(Request request, const NewCredential& wanted) {
    const auto is_wanted = [&](const RequestItem& item) {
        return std::find(wanted.items.begin(), wanted.items.end(), item.type) != wanted.items.end();
    };
    std::erase_if(request.items, [&](const RequestItem& item) { return !is_wanted(item); });
    request.deadline = wanted.expires_at;
    return request.items.size() == wanted.items.size() ? std::optional(std::move(request)) : std::nullopt;
}

std::vector<std::string> types_of(const Request& request) {
    std::vector<std::string> types;
    for (const auto& item : request.items) {
        types.push_back(item.type);
    }
    return types;
}

Credential row_of(const Ground& ground, const Grant& grant, const StaffMember& actor, const std::string& label, policies::Instant now) {
    Credential credential{
        .id = grant.id,
        .request = ground.request.id,
        .label = label,
        .items = {},
        .made_by = actor.id,
        .made_at = now,
        .valid_until = ground.request.deadline,
        .replaced_by = std::nullopt,
        .revoked_at = std::nullopt,
    };
    for (const auto& item : ground.request.items) {
        credential.items.push_back(item.id);
    }
    return credential;
}

storage::Entry entry_about(std::string act, const Ground& ground, const Grant& grant, const StaffMember& actor) {
    return {
        std::move(act),
        {{"dossier", ground.request.dossier.text()},
         {"request", ground.request.id.text()},
         {"grant", grant.id.text()},
         {"party", ground.party.id.text()},
         {"items", static_cast<std::int64_t>(ground.request.items.size())},
         {"expiresAt", grant.expires_at.text()},
         {"policy", ground.type->sha256.hex()},
         {"epoch", static_cast<std::int64_t>(grant.epoch)},
         {"staff", actor.id.text()}},
        {},
    };
}

MadeCredential shown(MadeGrant made, const Ground& ground, std::string label) {
    return {made.grant.id, std::move(label), types_of(ground.request), made.grant.expires_at, std::move(made.link)};
}

// Reads the ground and narrows it to what is wanted, then makes the keys: none of it in the transaction that all others wait for.
struct Prepared {
    Ground ground;
    MadeGrant made;
};
storage::Result<std::variant<Prepared, Refusal>> prepare(
    const DeskTools& tools,
    const StaffMember& actor,
    const policies::RequestId& id,
    const NewCredential& wanted,
    policies::Instant now
) {
    using Answer = std::variant<Prepared, Refusal>;
    policies::Instant until = wanted.expires_at;
    auto found = tools.database.read([&](storage::Connection& connection) -> storage::Result<Found> {
        auto ground = find_ground(connection, tools, actor, id);
        auto* known = ground.has_value() ? std::get_if<Ground>(&*ground) : nullptr;
        if (known == nullptr) {
            return ground;
        }
        auto request = narrowed(std::move(known->request), wanted);
        if (!request) {
            return Found(invalid("items: only what the request asks for"));
        }
        known->request = std::move(*request);
        until = request_until(connection, known->type->rules, known->party, known->request, now);
        return ground;
    });
    if (found.has_error()) {
        return found.error();
    }
    if (auto* refusal = std::get_if<Refusal>(&*found)) {
        return Answer(std::move(*refusal));
    }
    auto& ground = std::get<Ground>(*found);
    auto made = make_grant(tools, ground.request, until);
    return Answer(Prepared{std::move(ground), std::move(made)});
}

struct Addition {
    const std::string& label;
    std::size_t in_use_max;
    policies::Instant now;
};

// Asked once more where nothing can come between; then the grant and its credential are there.
storage::Result<std::optional<Refusal>>
add(storage::Connection& connection, const DeskTools& tools, const StaffMember& actor, Prepared& prepared, const Addition& what) {
    auto& [ground, made] = prepared;
    const auto now = what.now;
    auto again = find_ground(connection, tools, actor, ground.request.id);
    if (again.has_error()) {
        return again.error();
    }
    if (auto* refusal = std::get_if<Refusal>(&*again)) {
        return std::optional(std::move(*refusal));
    }
    if (in_use(connection, ground.request.id, now) >= what.in_use_max) {
        return std::optional(conflict("the request has as many credentials in use as it may have: revoke one first"));
    }
    if (const auto missing = missing_consent(connection, ground.type->rules, ground.party, ground.request, now)) {
        return std::optional(deny(connection, tools, actor, ground.party, *missing, now));
    }
    made.grant.epoch = Consents::epoch(connection, ground.request.dossier, ground.party.id);
    Grants::add(connection, made.grant);
    Credentials::add(connection, row_of(ground, made.grant, actor, what.label, now));
    return std::optional<Refusal>();
}

// The credential, its grant and the request it is for, when the actor may act on them and it is in use.
struct InUse {
    Credential credential;
    Grant grant;
    Request request;
    policies::CredentialState state;
};
std::variant<InUse, Refusal>
find_in_use(storage::Connection& connection, const StaffMember& actor, const policies::GrantId& id, policies::Instant now) {
    auto credential = Credentials::find(connection, id);
    auto grant = credential ? Grants::find(connection, id) : std::nullopt;
    auto request = grant ? Credentials::request_of(connection, *grant) : std::nullopt;
    if (!request || !own_dossier(connection, actor, request->dossier)) {
        return not_found();
    }
    const auto state = Credentials::state(connection, *credential, now);
    if (!policies::is_in_use(state)) {
        return conflict("the credential is not in use any more");
    }
    return InUse{std::move(*credential), std::move(*grant), std::move(*request), state};
}

// The old one ends with the overlap. Without one it is closed at once, so that what it was sending ends too.
storage::Result<void> end_replaced(
    storage::Connection& connection,
    const InUse& old,
    const policies::GrantId& by,
    std::uint64_t overlap_hours,
    policies::Instant now
) {
    const auto end = std::min(old.grant.expires_at, now + static_cast<std::int64_t>(overlap_hours) * one_hour);
    Credentials::replace(connection, old.credential.id, by, end);
    const auto ended = Grants::end_at(connection, old.grant.id, end);
    if (ended.has_error() || overlap_hours > 0) {
        return ended;
    }
    const auto closed = Grants::change(connection, old.grant.id, policies::GrantState::closed, old.grant.epoch);
    return closed.has_error() ? storage::Result<void>(closed.error()) : storage::Result<void>();
}

}  // namespace

Deed<MadeCredential> Desk::make_credential(const Actor& actor, const policies::RequestId& request, const NewCredential& wanted) {
    using Answer = std::variant<MadeCredential, Refusal>;
    const auto now = tools_.clock.now();
    if (auto fault = fault_in(wanted, now)) {
        return Answer(std::move(*fault));
    }
    auto prepared = prepare(tools_, actor, request, wanted, now);
    if (prepared.has_error()) {
        return prepared.error();
    }
    if (auto* refusal = std::get_if<Refusal>(&*prepared)) {
        return Answer(std::move(*refusal));
    }
    auto& [ground, made] = std::get<Prepared>(*prepared);
    return tools_.database.commit([&](storage::Connection& connection) -> storage::Result<Answer> {
        auto refused = add(connection, tools_, actor, std::get<Prepared>(*prepared), {wanted.label, credentials_max, now});
        if (refused.has_error()) {
            return refused.error();
        }
        if (*refused) {
            return Answer(std::move(**refused));
        }
        auto entry = entry_about("credential.created", ground, made.grant, actor);
        entry.committed.emplace("label", wanted.label);
        record(connection, tools_.audit, entry, now);
        return Answer(shown(std::move(made), ground, wanted.label));
    });
}

Deed<MadeCredential> Desk::rotate_credential(const Actor& actor, const policies::GrantId& credential, std::uint64_t overlap_hours) {
    using Answer = std::variant<MadeCredential, Refusal>;
    if (overlap_hours > overlap_hours_max) {
        return Answer(invalid("overlapHours: 0 to 720"));
    }
    const auto now = tools_.clock.now();
    auto found = tools_.database.read([&](storage::Connection& connection) -> storage::Result<std::variant<InUse, Refusal>> {
        return find_in_use(connection, actor, credential, now);
    });
    if (found.has_error()) {
        return found.error();
    }
    if (auto* refusal = std::get_if<Refusal>(&*found)) {
        return Answer(std::move(*refusal));
    }
    const auto& known = std::get<InUse>(*found);
    const auto length = known.credential.valid_until.microseconds - known.credential.made_at.microseconds;
    const NewCredential wanted{known.credential.label, types_of(known.request), now + length};
    auto prepared = prepare(tools_, actor, known.request.id, wanted, now);
    if (prepared.has_error()) {
        return prepared.error();
    }
    if (auto* refusal = std::get_if<Refusal>(&*prepared)) {
        return Answer(std::move(*refusal));
    }
    auto& [ground, made] = std::get<Prepared>(*prepared);
    return tools_.database.commit([&](storage::Connection& connection) -> storage::Result<Answer> {
        auto old = find_in_use(connection, actor, credential, now);
        if (auto* refusal = std::get_if<Refusal>(&old)) {
            return Answer(std::move(*refusal));
        }
        if (std::get<InUse>(old).state != policies::CredentialState::active) {
            return Answer(conflict("the credential is being replaced already"));
        }
        auto refused = add(connection, tools_, actor, std::get<Prepared>(*prepared), {wanted.label, 2 * credentials_max, now});
        if (refused.has_error()) {
            return refused.error();
        }
        if (*refused) {
            return Answer(std::move(**refused));
        }
        if (const auto ended = end_replaced(connection, std::get<InUse>(old), made.grant.id, overlap_hours, now); ended.has_error()) {
            return ended.error();
        }
        auto entry = entry_about("credential.rotated", ground, made.grant, actor);
        entry.fields.emplace("replaces", credential.text());
        entry.fields.emplace("overlapHours", static_cast<std::int64_t>(overlap_hours));
        record(connection, tools_.audit, entry, now);
        return Answer(shown(std::move(made), ground, wanted.label));
    });
}

Deed<policies::GrantId> Desk::revoke_credential(const Actor& actor, const policies::GrantId& credential) {
    using Answer = std::variant<policies::GrantId, Refusal>;
    const auto now = tools_.clock.now();
    return tools_.database.commit([&](storage::Connection& connection) -> storage::Result<Answer> {
        auto found = find_in_use(connection, actor, credential, now);
        if (auto* refusal = std::get_if<Refusal>(&found)) {
            return Answer(std::move(*refusal));
        }
        const auto& known = std::get<InUse>(found);
        Credentials::revoke(connection, credential, now);
        const auto version = Grants::change(connection, credential, policies::GrantState::closed, known.grant.epoch);
        if (version.has_error()) {
            return version.error();
        }
        const storage::Entry entry{
            "credential.revoked",
            {{"dossier", known.request.dossier.text()},
             {"request", known.request.id.text()},
             {"grant", credential.text()},
             {"party", known.request.party.text()},
             {"posting", static_cast<std::int64_t>(*version)},
             {"staff", actor.id.text()}},
            {},
        };
        record(connection, tools_.audit, entry, now);
        return Answer(credential);
    });
}

}  // namespace gateway::core
