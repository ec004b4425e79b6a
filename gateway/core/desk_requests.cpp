// Asking for documents: the invite gate, then a grant with its secrets and the mail that carries the link.
#include "gateway/core/desk_fields.hpp"
#include "gateway/core/desk_grants.hpp"
#include "storage/core/consents.hpp"

#include <algorithm>
#include <set>

namespace gateway::core {

namespace {

using namespace storage::core;
using namespace desk;

std::optional<Refusal> fault_in(const NewRequest& wanted, policies::Instant now) {
    constexpr std::string_view languages[] = {"nl", "fr", "de", "en"};
    if (wanted.items.empty() || wanted.items.size() > items_max) {
        return invalid("items: 1 to 50");
    }
    std::set<std::string_view> types;
    if (!std::all_of(wanted.items.begin(), wanted.items.end(), [&](const WantedItem& item) { return types.insert(item.type).second; })) {
        return invalid("items: each document type once");
    }
    if (wanted.deadline <= now || wanted.deadline > now + deadline_max) {
        return invalid("deadline: must be in the future, at most 400 days");
    }
    if (!is_text(wanted.message, message_max)) {
        return invalid("message: at most 4000 bytes, no control characters");
    }
    if (std::find(std::begin(languages), std::end(languages), wanted.language) == std::end(languages)) {
        return invalid("language: nl, fr, de or en");
    }
    return std::nullopt;
}

std::variant<std::vector<RequestItem>, Refusal>
items_for(const DeskTools& tools, const policies::CaseType& rules, const Party& party, const NewRequest& wanted) {
    const auto* role = rules.party(party.role);
    if (role == nullptr || !role->external || !role->may_upload) {
        return invalid("party: hands in no documents in this case type");
    }
    std::vector<RequestItem> items;
    for (const auto& item : wanted.items) {
        const auto* type = rules.document(item.type);
        if (type == nullptr || !type->incoming || std::find(type->by.begin(), type->by.end(), party.role) == type->by.end()) {
            return invalid("items: this party does not hand in \"" + item.type.substr(0, name_max) + "\"");
        }
        items.push_back({new_id<policies::ItemId>(tools.random), type->id, item.required, type->files_max, type->file_bytes_max});
    }
    return items;
}

// All that is made before the transaction: nothing of it counts until the grant's row is there.
struct Prepared {
    Request request;
    Grant grant;
    policies::MailText mail;
    crypto::Bytes sealed_body;
};

Prepared prepare(const DeskTools& tools, const Dossier& dossier, Request request, policies::Instant until) {
    auto made = make_grant(tools, request, until);
    std::string address(made.link.expose_text());
    auto mail = policies::invitation_mail(request.language, dossier.case_number, address, until);
    auto sealed_body = tools.keyring.seal(crypto::as_bytes(mail.body), tools.random);
    wipe_text(mail.body);
    wipe_text(address);
    return {std::move(request), std::move(made.grant), std::move(mail), std::move(sealed_body)};
}

storage::Entry sent_entry(const Prepared& made, const PinnedCaseType& type, const StaffMember& actor) {
    return {
        "request.sent",
        {{"dossier", made.request.dossier.text()},
         {"request", made.request.id.text()},
         {"grant", made.grant.id.text()},
         {"party", made.request.party.text()},
         {"items", static_cast<std::int64_t>(made.request.items.size())},
         {"deadline", made.request.deadline.text()},
         {"policy", type.sha256.hex()},
         {"epoch", static_cast<std::int64_t>(made.grant.epoch)},
         {"staff", actor.id.text()}},
        {},
    };
}

struct Ground {
    Dossier dossier;
    Party party;
};

storage::Result<std::variant<Ground, Refusal>>
find_ground(storage::Database& database, const StaffMember& actor, const policies::DossierId& dossier, const policies::PartyId& party) {
    using Found = std::variant<Ground, Refusal>;
    return database.read([&](storage::Connection& connection) -> storage::Result<Found> {
        auto own = own_dossier(connection, actor, dossier);
        if (!own) {
            return Found(not_found());
        }
        auto addressee = Parties::find(connection, party);
        if (!addressee || addressee->dossier != dossier) {
            return Found(invalid("party: the dossier has no such party"));
        }
        return Found(Ground{std::move(*own), std::move(*addressee)});
    });
}

}  // namespace

Deed<MadeRequest> Desk::make_request(const Actor& actor, const policies::DossierId& dossier, const NewRequest& wanted) {
    using Answer = std::variant<MadeRequest, Refusal>;
    const auto now = tools_.clock.now();
    if (auto fault = fault_in(wanted, now)) {
        return Answer(std::move(*fault));
    }
    auto found = find_ground(tools_.database, actor, dossier, wanted.party);
    if (found.has_error()) {
        return found.error();
    }
    if (auto* refusal = std::get_if<Refusal>(&*found)) {
        return Answer(std::move(*refusal));
    }
    const auto& ground = std::get<Ground>(*found);
    const auto type = tools_.case_types.find(ground.dossier.case_type_sha256);
    if (!type) {
        return storage::Errc::damaged;
    }
    auto items = items_for(tools_, type->rules, ground.party, wanted);
    if (auto* refusal = std::get_if<Refusal>(&items)) {
        return Answer(std::move(*refusal));
    }
    Request request{
        .id = new_id<policies::RequestId>(tools_.random),
        .dossier = dossier,
        .party = wanted.party,
        .made_by = actor.id,
        .deadline = wanted.deadline,
        .message = wanted.message,
        .language = wanted.language,
        .sent_at = now,
        .closed_at = std::nullopt,
        .items = std::move(std::get<std::vector<RequestItem>>(items)),
    };
    const auto until = tools_.database.read([&](storage::Connection& connection) -> storage::Result<policies::Instant> {
        return request_until(connection, type->rules, ground.party, request, now);
    });
    if (until.has_error()) {
        return until.error();
    }
    Prepared made = prepare(tools_, ground.dossier, std::move(request), *until);
    return tools_.database.commit([&](storage::Connection& connection) -> storage::Result<Answer> {
        if (!own_dossier(connection, actor, dossier)) {
            return Answer(not_found());
        }
        if (const auto missing = missing_consent(connection, type->rules, ground.party, made.request, now)) {
            return Answer(deny(connection, tools_, actor, ground.party, *missing, now));
        }
        made.grant.epoch = Consents::epoch(connection, dossier, wanted.party);
        Requests::add(connection, made.request);
        Grants::add(connection, made.grant);
        add_mail(connection, tools_, "invitation", made.request.dossier, ground.party.mail, made.mail, made.sealed_body, now);
        record(connection, tools_.audit, sent_entry(made, *type, actor), now);
        return Answer(MadeRequest{made.request.id, made.grant.id});
    });
}

}  // namespace gateway::core
