#include "gateway/core/console/dossier_json.hpp"

#include "policies/credential.hpp"
#include "policies/disclosure.hpp"
#include "storage/core/audit.hpp"
#include "storage/core/consents.hpp"
#include "storage/core/documents.hpp"
#include "storage/core/grant_machines.hpp"
#include "storage/core/grants.hpp"
#include "storage/core/releases.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace gateway::core::console {

namespace {

using namespace storage::core;
using json = nlohmann::json;

json texts(const policies::Texts& all) {
    json object = json::object();
    for (const auto& [language, text] : all) {
        object[language] = text;
    }
    return object;
}

json time_or_null(const std::optional<policies::Instant>& at) {
    return at ? json(at->text()) : json();
}

// All rows of one dossier, read once.
struct Rows {
    const policies::CaseType& rules;
    std::vector<Party> parties;
    std::vector<policies::ConsentRecord> consents;
    std::vector<Request> requests;

    const Party* party(const policies::PartyId& id) const {
        const auto found = std::find_if(parties.begin(), parties.end(), [&](const Party& party) { return party.id == id; });
        return found == parties.end() ? nullptr : &*found;
    }
    const Request* request(const policies::RequestId& id) const {
        const auto found = std::find_if(requests.begin(), requests.end(), [&](const Request& request) { return request.id == id; });
        return found == requests.end() ? nullptr : &*found;
    }
};

Rows read_rows(storage::Connection& connection, const Dossier& dossier, const policies::CaseType& rules) {
    return {
        rules,
        Parties::of_dossier(connection, dossier.id),
        Consents::of_dossier(connection, dossier.id),
        Requests::of_dossier(connection, dossier.id),
    };
}

// One word for the list: withdrawn as soon as one discloser's is, missing while one has none, given when all have.
std::string_view consent_word(const Rows& rows, policies::Instant now) {
    bool needed = false;
    bool missing = false;
    bool withdrawn = false;
    for (const auto& rule : rows.rules.consents) {
        for (const auto& party : rows.parties) {
            if (party.role != rule.discloser) {
                continue;
            }
            needed = true;
            const policies::Discloser discloser{party.id, party.role, 0};
            const auto decision =
                policies::consent_for(rows.rules, *rule.covers.begin(), discloser, rows.consents, policies::Gate::invite, now);
            missing = missing || !decision.permit;
            withdrawn = withdrawn || decision.reason == "withdrawn";
        }
    }
    if (!needed) {
        return rows.rules.consents.empty() || !rows.parties.empty() ? "not-needed" : "missing";
    }
    return withdrawn ? "withdrawn" : missing ? "missing" : "given";
}

struct Progress {
    std::size_t asked = 0;
    std::size_t received = 0;
    std::optional<policies::Instant> deadline;  // the nearest one that still counts
};

// A request whose consent was withdrawn takes nothing more, whatever had come in.
policies::RequestState state_of(storage::Connection& connection, const storage::core::Request& request, policies::Instant now) {
    const auto grant = Grants::of_request(connection, request.id);
    const bool stopped = grant && grant->state == policies::GrantState::withdrawn;
    return stopped ? policies::RequestState::closed : Requests::state(connection, request, now);
}

Progress progress_of(storage::Connection& connection, const Rows& rows, policies::Instant now) {
    Progress progress;
    for (const auto& request : rows.requests) {
        const auto facts = Requests::facts(connection, request);
        progress.asked += facts.size();
        progress.received +=
            static_cast<std::size_t>(std::count_if(facts.begin(), facts.end(), [](const auto& item) { return item.filed > 0; }));
        const auto state = state_of(connection, request, now);
        const bool waits = state != policies::RequestState::complete && state != policies::RequestState::closed;
        if (waits && (!progress.deadline || request.deadline < *progress.deadline)) {
            progress.deadline = request.deadline;
        }
    }
    return progress;
}

bool may_see_subject(const StaffMember& staff, const Dossier& dossier) {
    return dossier.handler == staff.id || dossier.advising_doctor == staff.id;
}

json line_json(storage::Connection& connection, const Viewed& viewed, const Rows& rows) {
    const auto& dossier = viewed.dossier;
    const auto handler = Staff::find(connection, dossier.handler);
    const auto progress = progress_of(connection, rows, viewed.now);
    return {
        {"id", dossier.id.text()},
        {"caseNumber", dossier.case_number},
        {"caseType", dossier.case_type},
        {"title", texts(rows.rules.title)},
        {"subject", may_see_subject(viewed.viewer, dossier) ? json(dossier.subject) : json()},
        {"status", dossier.status},
        {"handler", handler ? json(handler->name) : json()},
        {"requests", {{"asked", progress.asked}, {"received", progress.received}}},
        {"deadline", time_or_null(progress.deadline)},
        {"consent", consent_word(rows, viewed.now)},
        {"openedAt", dossier.opened_at.text()},
    };
}

json parties_json(const Rows& rows, bool with_mail) {
    json list = json::array();
    for (const auto& party : rows.parties) {
        list.push_back(
            {{"id", party.id.text()}, {"role", party.role}, {"name", party.name}, {"mail", with_mail ? json(party.mail) : json()}}
        );
    }
    return list;
}

json consents_json(const Rows& rows, policies::Instant now) {
    json list = json::array();
    for (const auto& record : rows.consents) {
        const auto* rule = rows.rules.consent(record.rule);
        const auto until = rule == nullptr ? record.until : policies::until_of(record, *rule);
        auto state = policies::state_of(record);
        if (state == policies::ConsentState::given && now >= until) {
            state = policies::ConsentState::expired;
        }
        json events = json::array();
        for (const auto& event : record.events) {
            events.push_back({{"at", event.at.text()}, {"type", policies::text_of(event.state)}, {"by", event.by}});
        }
        list.push_back(
            {{"id", record.id.text()},
             {"kind", rule == nullptr ? record.rule : rule->kind},
             {"party", record.party.text()},
             {"state", policies::text_of(state)},
             {"from", record.from.text()},
             {"until", until.text()},
             {"evidence", record.evidence},
             {"events", events}}
        );
    }
    return list;
}

// Whether this reader may give the party a credential for it; nobody else needs to know that there are any.
bool may_hold_credentials(const Viewed& viewed, const Rows& rows, const Party* party) {
    const auto* role = party == nullptr ? nullptr : rows.rules.party(party->role);
    return viewed.dossier.handler == viewed.viewer.id && role != nullptr && policies::may_hold_credential(*role);
}

json machines_json(storage::Connection& connection, const policies::GrantId& grant) {
    json list = json::array();
    for (const auto& [machine, added_at] : GrantMachines::of_grant(connection, grant)) {
        json entry = {{"addedAt", added_at.text()}};
        if (const auto* client = std::get_if<storage::OAuthClient>(&machine)) {
            entry["client"] = {{"issuer", client->issuer}, {"client", client->client}};
        } else {
            entry["certificate"] = std::get<crypto::Digest>(machine).hex();
        }
        list.push_back(std::move(entry));
    }
    return list;
}

json requests_json(storage::Connection& connection, const Viewed& viewed, const Rows& rows) {
    json list = json::array();
    for (const auto& request : rows.requests) {
        const auto facts = Requests::facts(connection, request);
        json items = json::array();
        for (std::size_t at = 0; at < request.items.size(); ++at) {
            const auto& item = request.items[at];
            const auto* type = rows.rules.document(item.type);
            items.push_back(
                {{"type", item.type},
                 {"title", type == nullptr ? json{{"nl", item.type}} : texts(type->title)},
                 {"required", item.required},
                 {"received", facts[at].filed}}
            );
        }
        const auto* party = rows.party(request.party);
        const auto grant = Grants::of_request(connection, request.id);
        const bool may_receive = grant && grant->state != policies::GrantState::withdrawn && !grant->reader.empty();
        list.push_back(
            {{"id", request.id.text()},
             {"party", request.party.text()},
             {"partyName", party == nullptr ? "" : party->name},
             {"state", policies::text_of(state_of(connection, request, viewed.now))},
             {"deadline", request.deadline.text()},
             {"sentAt", request.sent_at.text()},
             {"credentials", may_hold_credentials(viewed, rows, party)},
             {"mayReceive", may_receive},
             {"grant", grant ? json(grant->id.text()) : json()},
             {"machines", grant ? machines_json(connection, grant->id) : json::array()},
             {"items", items}}
        );
    }
    return list;
}

std::string_view release_state(const Release& release, policies::Instant now) {
    if (release.withdrawn_at) {
        return "withdrawn";
    }
    return release.expires_at <= now ? "expired" : release.edge == Release::Edge::unknown ? "waiting" : "ready";
}

json releases_json(storage::Connection& connection, const Viewed& viewed, const Rows& rows) {
    json list = json::array();
    for (const auto& release : Releases::of_dossier(connection, viewed.dossier.id)) {
        const auto grant = Grants::find(connection, release.grant);
        const auto* party = grant ? rows.party(grant->party) : nullptr;
        const auto staff = Staff::find(connection, release.made_by);
        list.push_back(
            {{"id", release.id.text()},
             {"document", release.document.text()},
             {"request", grant ? json(grant->request.text()) : json()},
             {"partyName", party == nullptr ? "" : party->name},
             {"state", release_state(release, viewed.now)},
             {"releasedAt", release.made_at.text()},
             {"expiresAt", release.expires_at.text()},
             {"by", staff ? json(staff->name) : json()}}
        );
    }
    return list;
}

json documents_json(storage::Connection& connection, const Viewed& viewed, const Rows& rows) {
    json list = json::array();
    for (const auto& document : Documents::of_dossier(connection, viewed.dossier.id)) {
        const auto* request = rows.request(document.request);
        const auto item = Requests::find_item(connection, document.item);
        const auto* type = item ? rows.rules.document(item->item.type) : nullptr;
        if (request == nullptr || type == nullptr) {
            continue;
        }
        const auto* party = rows.party(request->party);
        const bool filed = document.state == policies::DocumentState::filed && document.filing;
        const bool may_read =
            filed && reading_decision(connection, viewed.viewer, viewed.dossier, *request, rows.rules, type->id, viewed.now).permit;
        list.push_back(
            {{"id", document.id.text()},
             {"item", document.item.text()},
             {"title", texts(type->title)},
             {"party", party == nullptr ? json() : json(party->name)},
             {"state", policies::text_of(document.state)},
             {"reason", document.reason.empty() ? json() : texts(policies::verdict_text(document.reason))},
             {"at", document.decided_at.value_or(document.accepted_at).text()},
             {"size", document.filing ? document.filing->plain_size : document.cipher_size},
             {"name", may_read ? json(document.filing->name) : json()},
             {"compartment", type->compartment},
             {"mayRead", may_read}}
        );
    }
    return list;
}

json actor_json(storage::Connection& connection, const Rows& rows, const TimelineEntry& entry) {
    if (entry.staff) {
        const auto staff = Staff::find(connection, *entry.staff);
        return staff ? json(staff->name) : json();
    }
    const auto* party = entry.party ? rows.party(*entry.party) : nullptr;
    return party == nullptr ? json() : json(party->name);
}

json timeline_json(storage::Connection& connection, const Dossier& dossier, const Rows& rows) {
    json list = json::array();
    for (const auto& entry : timeline(connection, dossier.id)) {
        list.push_back(
            {{"at", entry.at.text()},
             {"act", entry.act},
             {"text", texts(policies::act_text(entry.act))},
             {"by", actor_json(connection, rows, entry)}}
        );
    }
    return list;
}

}  // namespace

json dossier_line(storage::Connection& connection, const Viewed& viewed) {
    return line_json(connection, viewed, read_rows(connection, viewed.dossier, viewed.rules));
}

json dossier_page(storage::Connection& connection, const Viewed& viewed) {
    const auto& dossier = viewed.dossier;
    const auto rows = read_rows(connection, dossier, viewed.rules);
    json page = line_json(connection, viewed, rows);
    page["parties"] = parties_json(rows, may_see_subject(viewed.viewer, dossier));
    page["consents"] = consents_json(rows, viewed.now);
    page["requests"] = requests_json(connection, viewed, rows);
    page["documents"] = documents_json(connection, viewed, rows);
    page["releases"] = releases_json(connection, viewed, rows);
    page["timeline"] = timeline_json(connection, dossier, rows);
    return page;
}

}  // namespace gateway::core::console
