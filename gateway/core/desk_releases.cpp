// Releasing a filed document to an outside reader, and taking that back.
#include "gateway/core/desk_fields.hpp"
#include "gateway/log.hpp"
#include "storage/core/consents.hpp"
#include "storage/core/documents.hpp"
#include "storage/core/releases.hpp"

#include <algorithm>

namespace gateway::core {

namespace {

using namespace storage::core;
using namespace desk;

// The document with everything its release is decided on.
struct Matter {
    Document document;
    Dossier dossier;
    Request request;  // that it answered
    std::string type;
    std::shared_ptr<const PinnedCaseType> rules;
};

storage::Result<Matter> find_matter(storage::Connection& connection, const DeskTools& tools, const policies::DocumentId& id) {
    auto document = Documents::find(connection, id);
    if (!document || document->state != policies::DocumentState::filed || !document->filing) {
        return storage::Errc::not_found;
    }
    auto dossier = Dossiers::find(connection, document->dossier);
    auto request = Requests::find(connection, document->request);
    auto item = Requests::find_item(connection, document->item);
    auto rules = dossier ? tools.case_types.find(dossier->case_type_sha256) : nullptr;
    if (!rules || !request || !item) {
        return storage::Errc::damaged;
    }
    return Matter{std::move(*document), std::move(*dossier), std::move(*request), std::move(item->item.type), std::move(rules)};
}

policies::Instant readable_until(storage::Connection& connection, const Matter& matter, policies::Instant now) {
    const auto party = Parties::find(connection, matter.request.party);
    if (!party) {
        return now;
    }
    const policies::Discloser discloser{party->id, party->role, Consents::epoch(connection, matter.dossier.id, party->id)};
    const auto records = Consents::of_dossier(connection, matter.dossier.id);
    return policies::permitted_until(matter.rules->rules, matter.type, discloser, records, policies::Gate::read, now);
}

storage::Entry released_entry(const Matter& matter, const policies::Decision& decision, const StaffMember& actor, const char* act) {
    storage::Entry entry{
        act,
        {{"dossier", matter.dossier.id.text()},
         {"document", matter.document.id.text()},
         {"gate", std::string(policies::text_of(policies::Gate::read))},
         {"reason", decision.reason},
         {"policy", matter.rules->sha256.hex()},
         {"epoch", static_cast<std::int64_t>(decision.epoch)},
         {"staff", actor.id.text()}},
        {},
    };
    if (!decision.rule.empty()) {
        entry.fields.emplace("rule", decision.rule);
    }
    if (decision.consent) {
        entry.fields.emplace("consent", decision.consent->text());
    }
    return entry;
}

std::variant<Grant, Refusal>
find_reader(storage::Connection& connection, const Matter& matter, const policies::RequestId& request, policies::Instant now) {
    auto grant = Grants::of_request(connection, request);
    if (!grant || grant->dossier != matter.dossier.id) {
        return invalid("request: the dossier has no such request");
    }
    if (grant->state == policies::GrantState::withdrawn) {
        return Refusal{Refusal::Kind::conflict, "request: its link was withdrawn"};
    }
    if (grant->reader.empty() || grant->sealed_keys.empty()) {
        return Refusal{Refusal::Kind::conflict, "request: its link is from before documents could be released; make a new request"};
    }
    if (Releases::count_of_grant(connection, grant->id, now) >= releases_max) {
        return Refusal{Refusal::Kind::conflict, "request: its party has as many releases as it may have"};
    }
    return std::move(*grant);
}

struct Ground {
    Matter matter;
    Grant reader;
    policies::Decision decision;
    policies::Instant until;
};

// The whole decision, asked before the header is made and again when the row is written. A refusal to read is an entry in the log.
storage::Result<std::variant<Ground, Refusal>> decide_release(
    storage::Connection& connection,
    const DeskTools& tools,
    const StaffMember& actor,
    const policies::DocumentId& document,
    const NewRelease& wanted,
    policies::Instant now
) {
    using Decided = std::variant<Ground, Refusal>;
    auto matter = find_matter(connection, tools, document);
    if (matter.has_error()) {
        return matter.error() == storage::Errc::not_found ? storage::Result<Decided>(Decided(not_found())) : matter.error();
    }
    auto decision = reading_decision(connection, actor, matter->dossier, matter->request, matter->rules->rules, matter->type, now);
    if (!decision.permit) {
        record(connection, tools.audit, released_entry(*matter, decision, actor, "release.denied"), now);
        return Decided(not_found());
    }
    if (matter->dossier.closed_at) {
        return Decided(Refusal{Refusal::Kind::conflict, "the dossier is closed"});
    }
    auto reader = find_reader(connection, *matter, wanted.request, now);
    if (auto* refusal = std::get_if<Refusal>(&reader)) {
        return Decided(std::move(*refusal));
    }
    const auto until = std::min(wanted.expires_at, readable_until(connection, *matter, now));
    return Decided(Ground{std::move(*matter), std::move(std::get<Grant>(reader)), std::move(decision), until});
}

bool works_on(const StaffMember& actor, const Dossier& dossier) {
    return (actor.is(policies::Role::handler) && dossier.handler == actor.id) ||
           (actor.is(policies::Role::advising_doctor) && dossier.advising_doctor == actor.id);
}

void record_withdrawal(
    storage::Connection& connection,
    const DeskTools& tools,
    const Release& release,
    const StaffMember& actor,
    const char* reason,
    policies::Instant now
) {
    const storage::Entry entry{
        "release.withdrawn",
        {{"dossier", release.dossier.text()},
         {"release", release.id.text()},
         {"document", release.document.text()},
         {"grant", release.grant.text()},
         {"reason", reason},
         {"staff", actor.id.text()}},
        {},
    };
    record(connection, tools.audit, entry, now);
}

}  // namespace

Deed<MadeRelease>
Desk::release_document(const Actor& actor, const policies::DocumentId& document, const NewRelease& wanted, const Rewrap& rewrap) {
    using Answer = std::variant<MadeRelease, Refusal>;
    const auto now = tools_.clock.now();
    if (wanted.expires_at <= now || wanted.expires_at > now + deadline_max) {
        return Answer(invalid("expiresAt: must be in the future, at most 400 days"));
    }
    const auto first = tools_.database.commit([&](storage::Connection& connection) {
        return decide_release(connection, tools_, actor, document, wanted, now);
    });
    if (first.has_error()) {
        return first.error();
    }
    if (const auto* refusal = std::get_if<Refusal>(&*first)) {
        return Answer(*refusal);
    }
    const auto reader = std::get<Ground>(*first).reader;
    auto header = rewrap(reader.reader);
    if (header.has_error()) {
        log_event("release.not-made", {{"document", document.text()}, {"error", header.error().message()}});
        return header.error() == storage::Errc::not_found ? storage::Errc::not_found : storage::Errc::damaged;
    }
    const auto id = new_id<policies::ReleaseId>(tools_.random);
    return tools_.database.commit([&](storage::Connection& connection) -> storage::Result<Answer> {
        auto again = decide_release(connection, tools_, actor, document, wanted, now);
        if (again.has_error()) {
            return again.error();
        }
        if (auto* refusal = std::get_if<Refusal>(&*again)) {
            return Answer(std::move(*refusal));
        }
        const auto& ground = std::get<Ground>(*again);
        Releases::add(
            connection,
            {.id = id,
             .document = document,
             .grant = reader.id,
             .dossier = ground.matter.dossier.id,
             .made_by = actor.id,
             .made_at = now,
             .expires_at = ground.until,
             .header = *header,
             .withdrawn_at = std::nullopt}
        );
        auto entry = released_entry(ground.matter, ground.decision, actor, "document.released");
        entry.fields.emplace("release", id.text());
        entry.fields.emplace("grant", reader.id.text());
        entry.fields.emplace("expiresAt", ground.until.text());
        record(connection, tools_.audit, entry, now);
        return Answer(MadeRelease{id, ground.until});
    });
}

Deed<bool> Desk::withdraw_release(const Actor& actor, const policies::ReleaseId& id) {
    using Answer = std::variant<bool, Refusal>;
    const auto now = tools_.clock.now();
    return tools_.database.commit([&](storage::Connection& connection) -> storage::Result<Answer> {
        const auto release = Releases::find(connection, id);
        const auto dossier = release ? Dossiers::find(connection, release->dossier) : std::nullopt;
        if (!dossier || !works_on(actor, *dossier)) {
            return Answer(not_found());
        }
        if (!Releases::withdraw(connection, id, now)) {
            return Answer(false);
        }
        record_withdrawal(connection, tools_, *release, actor, "by-staff", now);
        return Answer(true);
    });
}

void desk::withdraw_lost_releases(
    storage::Connection& connection,
    const DeskTools& tools,
    const StaffMember& actor,
    const Dossier& dossier,
    const policies::CaseType& rules,
    policies::Instant now
) {
    const auto records = Consents::of_dossier(connection, dossier.id);
    for (const auto& release : Releases::of_dossier(connection, dossier.id)) {
        if (release.withdrawn_at) {
            continue;
        }
        const auto matter = find_matter(connection, tools, release.document);
        const auto party = matter.has_value() ? Parties::find(connection, matter->request.party) : std::nullopt;
        const auto grant = Grants::find(connection, release.grant);
        bool stays = party && grant && grant->state != policies::GrantState::withdrawn;
        if (stays) {
            const policies::Discloser discloser{party->id, party->role, Consents::epoch(connection, dossier.id, party->id)};
            stays = policies::consent_for(rules, matter->type, discloser, records, policies::Gate::read, now).permit;
        }
        if (!stays && Releases::withdraw(connection, release.id, now)) {
            record_withdrawal(connection, tools, release, actor, "consent", now);
        }
    }
}

}  // namespace gateway::core
