// Reading a filed document: the decision, and its entry in the audit log, before a byte is opened.
#include "gateway/core/desk_fields.hpp"
#include "storage/core/consents.hpp"
#include "storage/core/documents.hpp"

namespace gateway::core {

namespace {

using namespace storage::core;
using namespace desk;

storage::Entry
read_entry(const Document& document, const policies::Decision& decision, const PinnedCaseType& type, const StaffMember& actor) {
    storage::Entry entry{
        decision.permit ? "document.read" : "document.denied",
        {{"dossier", document.dossier.text()},
         {"document", document.id.text()},
         {"gate", std::string(policies::text_of(policies::Gate::read))},
         {"reason", decision.reason},
         {"policy", type.sha256.hex()},
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

}  // namespace

policies::Decision reading_decision(
    storage::Connection& connection,
    const StaffMember& staff,
    const Dossier& dossier,
    const Request& request,
    const policies::CaseType& rules,
    std::string_view document_type,
    policies::Instant now
) {
    policies::Decision refused;
    refused.reason = "no-party";
    const auto party = Parties::find(connection, request.party);
    if (!party) {
        return refused;
    }
    const policies::ReadFacts reader{
        .roles = staff.roles,
        .is_handler = dossier.handler == staff.id,
        .is_advising_doctor = dossier.advising_doctor == staff.id,
        .submission_complete = Requests::state(connection, request, now) == policies::RequestState::complete || request.closed_at,
        .dossier_closed = dossier.closed_at.has_value(),
    };
    const policies::Discloser discloser{party->id, party->role, Consents::epoch(connection, dossier.id, party->id)};
    return policies::may_read(rules, document_type, reader, discloser, Consents::of_dossier(connection, dossier.id), now);
}

Deed<std::string> Desk::permit_reading(const Actor& actor, const policies::DocumentId& id) {
    using Answer = std::variant<std::string, Refusal>;
    const auto now = tools_.clock.now();
    return tools_.database.commit([&](storage::Connection& connection) -> storage::Result<Answer> {
        const auto document = Documents::find(connection, id);
        if (!document || document->state != policies::DocumentState::filed || !document->filing) {
            return Answer(not_found());
        }
        const auto dossier = Dossiers::find(connection, document->dossier);
        const auto request = Requests::find(connection, document->request);
        const auto item = Requests::find_item(connection, document->item);
        const auto type = dossier ? tools_.case_types.find(dossier->case_type_sha256) : nullptr;
        if (!type || !request || !item) {
            return storage::Errc::damaged;
        }
        const auto decision = reading_decision(connection, actor, *dossier, *request, type->rules, item->item.type, now);
        record(connection, tools_.audit, read_entry(*document, decision, *type, actor), now);
        if (!decision.permit) {
            return Answer(not_found());
        }
        return Answer(document->filing->name);
    });
}

}  // namespace gateway::core
