// Consents: registering one, and withdrawing it with everything that must stop at once.
#include "gateway/core/desk_fields.hpp"
#include "storage/core/consents.hpp"
#include "storage/core/credentials.hpp"

#include <algorithm>
#include <set>

namespace gateway::core {

namespace {

using namespace storage::core;
using namespace desk;

// The case type's rule for what the handler calls it: its id, or its kind for this party's role.
const policies::ConsentRule* find_rule(const policies::CaseType& rules, std::string_view kind, std::string_view role) {
    const auto fits = [&](const policies::ConsentRule& rule) { return (rule.id == kind || rule.kind == kind) && rule.discloser == role; };
    const auto found = std::find_if(rules.consents.begin(), rules.consents.end(), fits);
    return found == rules.consents.end() ? nullptr : &*found;
}

std::optional<Refusal> fault_in(const NewConsent& wanted) {
    if (!is_line(wanted.evidence, name_max)) {
        return invalid("evidence: one line, at most 200 bytes");
    }
    if (!is_text(wanted.note, message_max)) {
        return invalid("note: at most 4000 bytes, no control characters");
    }
    if (wanted.until <= wanted.from) {
        return invalid("until: must be after from");
    }
    return std::nullopt;
}

struct Withdrawal {
    const DeskTools& tools;
    const storage::core::StaffMember& actor;
    Dossier dossier;
    const policies::CaseType& rules;
    policies::ConsentId consent;
    policies::Instant now;
};

// Does the request behind this grant still have every consent it needs?
bool still_permitted(storage::Connection& connection, const Withdrawal& what, const Party& party, const Grant& grant) {
    const auto request = Credentials::request_of(connection, grant);
    const auto records = Consents::of_dossier(connection, what.dossier.id);
    const policies::Discloser discloser{party.id, party.role, Consents::epoch(connection, what.dossier.id, party.id)};
    return request && std::all_of(request->items.begin(), request->items.end(), [&](const RequestItem& item) {
               return policies::consent_for(what.rules, item.type, discloser, records, policies::Gate::upload_start, what.now).permit;
           });
}

// Every grant of the party gets a posting with the new epoch; those that lost their consent get it as *withdrawn*. Gives how many did.
storage::Result<std::size_t> stop_grants(storage::Connection& connection, const Withdrawal& what, const Party& party) {
    std::size_t stopped = 0;
    std::set<policies::RequestId> told;  // one mail a request, however many credentials it has
    const std::uint64_t epoch = Consents::epoch(connection, what.dossier.id, party.id);
    for (const auto& grant : Grants::of_party(connection, what.dossier.id, party.id)) {
        if (grant.state != policies::GrantState::open && grant.state != policies::GrantState::paused) {
            continue;
        }
        const bool permitted = still_permitted(connection, what, party, grant);
        const auto state = permitted ? grant.state : policies::GrantState::withdrawn;
        const auto version = Grants::change(connection, grant.id, state, epoch);
        if (version.has_error()) {
            return version.error();
        }
        if (permitted) {
            continue;
        }
        ++stopped;
        const storage::Entry entry{
            "grant.withdrawn",
            {{"dossier", what.dossier.id.text()},
             {"grant", grant.id.text()},
             {"staff", what.actor.id.text()},
             {"consent", what.consent.text()},
             {"epoch", static_cast<std::int64_t>(epoch)},
             {"posting", static_cast<std::int64_t>(*version)}},
            {},
        };
        record(connection, what.tools.audit, entry, what.now);
        if (!told.insert(grant.request).second) {
            continue;
        }
        const auto request = Requests::find(connection, grant.request);
        const auto text = policies::withdrawal_mail_to_uploader(request ? request->language : "nl", what.dossier.case_number);
        add_mail(connection, what.tools, "withdrawal-uploader", what.dossier.id, party.mail, text, std::nullopt, what.now);
    }
    return stopped;
}

bool in_force_already(
    storage::Connection& connection,
    const policies::DossierId& dossier,
    const policies::ConsentRule& rule,
    const NewConsent& wanted,
    policies::Instant now
) {
    for (const auto& record : Consents::of_dossier(connection, dossier)) {
        const auto until = policies::until_of(record, rule);
        const bool overlaps = wanted.from < until && record.from < wanted.until && now < until;
        if (record.rule == rule.id && record.party == wanted.party && policies::state_of(record) == policies::ConsentState::given &&
            overlaps) {
            return true;
        }
    }
    return false;
}

// A consent that carries on where another one ends lets the party's links live on with it.
storage::Result<void> extend_grants(
    storage::Connection& connection,
    const policies::CaseType& rules,
    const policies::DossierId& dossier,
    const Party& party,
    policies::Instant now
) {
    for (const auto& grant : Grants::of_party(connection, dossier, party.id)) {
        const auto request = Credentials::request_of(connection, grant);
        const bool lives = grant.state == policies::GrantState::open && !grant.sealed_identity.empty();
        const auto until = request ? request_until(connection, rules, party, *request, now) : now;
        if (lives && until > grant.expires_at) {
            if (const auto extended = Grants::end_at(connection, grant.id, until); extended.has_error()) {
                return extended;
            }
        }
    }
    return {};
}

void tell_staff(storage::Connection& connection, const Withdrawal& what) {
    add_notice(connection, what.tools, what.dossier.handler, what.dossier.id, "consent.withdrawn", what.now);
    if (what.dossier.advising_doctor) {
        add_notice(connection, what.tools, *what.dossier.advising_doctor, what.dossier.id, "consent.withdrawn", what.now);
    }
    if (const auto handler = Staff::find(connection, what.dossier.handler)) {
        const auto text = policies::withdrawal_mail_to_handler(staff_language, what.dossier.case_number, what.tools.console_url);
        add_mail(connection, what.tools, "withdrawal-handler", what.dossier.id, handler->mail, text, std::nullopt, what.now);
    }
}

}  // namespace

Deed<policies::ConsentId> Desk::register_consent(const Actor& actor, const policies::DossierId& dossier, const NewConsent& wanted) {
    using Answer = std::variant<policies::ConsentId, Refusal>;
    if (auto fault = fault_in(wanted)) {
        return Answer(std::move(*fault));
    }
    const auto now = tools_.clock.now();
    const auto id = new_id<policies::ConsentId>(tools_.random);
    return tools_.database.commit([&](storage::Connection& connection) -> storage::Result<Answer> {
        const auto own = own_dossier(connection, actor, dossier);
        const auto type = own ? tools_.case_types.find(own->case_type_sha256) : nullptr;
        if (!type) {
            return Answer(not_found());
        }
        const auto party = Parties::find(connection, wanted.party);
        if (!party || party->dossier != dossier) {
            return Answer(invalid("party: the dossier has no such party"));
        }
        const auto* rule = find_rule(type->rules, wanted.kind, party->role);
        if (rule == nullptr) {
            return Answer(invalid("kind: the case type has no such consent for this party"));
        }
        if (in_force_already(connection, dossier, *rule, wanted, now)) {
            // Two records in force at once, and withdrawing one would leave the other: one withdrawal has to be enough.
            return Answer(Refusal{Refusal::Kind::conflict, "a consent of this kind is in force for this party already"});
        }
        const policies::ConsentRecord given{
            id,
            rule->id,
            party->id,
            wanted.from,
            wanted.until,
            wanted.evidence,
            wanted.note,
            {{1, policies::ConsentState::given, now, actor.user, {}}}
        };
        const std::uint64_t epoch = Consents::add(connection, dossier, given);
        const storage::Entry entry{
            "consent.given",
            {{"dossier", dossier.text()},
             {"consent", id.text()},
             {"party", party->id.text()},
             {"rule", rule->id},
             {"from", wanted.from.text()},
             {"until", wanted.until.text()},
             {"policy", type->sha256.hex()},
             {"epoch", static_cast<std::int64_t>(epoch)},
             {"staff", actor.id.text()}},
            {{"evidence", wanted.evidence}, {"note", wanted.note}},
        };
        record(connection, tools_.audit, entry, now);
        for (const auto& other : Parties::of_dossier(connection, dossier)) {
            if (other.id == party->id || (!rule->named_party && other.role == rule->discloser)) {
                if (const auto extended = extend_grants(connection, type->rules, dossier, other, now); extended.has_error()) {
                    return extended.error();
                }
            }
        }
        return Answer(id);
    });
}

Deed<std::size_t> Desk::withdraw_consent(const Actor& actor, const policies::ConsentId& consent, const std::string& reason) {
    using Answer = std::variant<std::size_t, Refusal>;
    if (!is_text(reason, message_max)) {
        return Answer(invalid("reason: at most 4000 bytes, no control characters"));
    }
    const auto now = tools_.clock.now();
    return tools_.database.commit([&](storage::Connection& connection) -> storage::Result<Answer> {
        const auto found = Consents::find(connection, consent);
        auto own = found ? own_dossier(connection, actor, found->dossier) : std::nullopt;
        const auto type = own ? tools_.case_types.find(own->case_type_sha256) : nullptr;
        const auto* rule = type ? type->rules.consent(found->record.rule) : nullptr;
        if (rule == nullptr) {
            return Answer(not_found());
        }
        const auto epoch = Consents::append(connection, consent, {0, policies::ConsentState::withdrawn, now, actor.user, reason});
        if (epoch.has_error()) {
            return Answer(Refusal{Refusal::Kind::conflict, "the consent is not in force"});
        }
        const storage::Entry entry{
            "consent.withdrawn",
            {{"dossier", own->id.text()},
             {"consent", consent.text()},
             {"party", found->record.party.text()},
             {"rule", rule->id},
             {"epoch", static_cast<std::int64_t>(*epoch)},
             {"staff", actor.id.text()}},
            {{"reason", reason}},
        };
        record(connection, tools_.audit, entry, now);

        const Withdrawal what{tools_, actor, std::move(*own), type->rules, consent, now};
        std::size_t stopped = 0;
        for (const auto& party : Parties::of_dossier(connection, what.dossier.id)) {
            // A consent that names no party permits all of its role: all of them may have lost it.
            if (party.id != found->record.party && (rule->named_party || party.role != rule->discloser)) {
                continue;
            }
            const auto count = stop_grants(connection, what, party);
            if (count.has_error()) {
                return count.error();
            }
            stopped += *count;
        }
        withdraw_lost_releases(connection, tools_, actor, what.dossier, type->rules, now);
        tell_staff(connection, what);
        return Answer(stopped);
    });
}

}  // namespace gateway::core
