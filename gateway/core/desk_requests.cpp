// Asking for documents: the invite gate, then a grant with its secrets and the mail that carries the link.
#include "crypto/link.hpp"
#include "crypto/open/identity.hpp"
#include "gateway/core/desk_fields.hpp"
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

void wipe_text(std::string& text) {
    crypto::wipe({reinterpret_cast<std::uint8_t*>(text.data()), text.size()});
    text.clear();
}

crypto::Bytes seal_keys(const DeskTools& tools, const crypto::LinkKeys& keys) {
    crypto::SecretBytes both(64);
    const auto out = both.expose_writable();
    std::copy(keys.envelope.expose().begin(), keys.envelope.expose().end(), out.begin());
    std::copy(keys.manifest.expose().begin(), keys.manifest.expose().end(), out.begin() + 32);
    return tools.keyring.seal(both.expose(), tools.random);
}

Prepared prepare(const DeskTools& tools, const Dossier& dossier, Request request, policies::Instant until) {
    const auto id = new_id<policies::GrantId>(tools.random);
    crypto::LinkFragment link{id.text(), tools.random.secret<32>()};
    const auto keys = crypto::derive_link_keys(link.secret, id.text());
    const auto intake = crypto::open::X25519Identity::generate(tools.random);
    const crypto::open::X25519Identity reader(crypto::Secret<32>::copy_of(keys.reader.expose()));
    const auto intake_text = intake.text();
    Grant grant{
        .id = id,
        .request = request.id,
        .dossier = request.dossier,
        .party = request.party,
        .token_hash = crypto::sha256(keys.access.expose()),
        .sealed_keys = seal_keys(tools, keys),
        .recipient = intake.recipient().text(),
        .sealed_identity = tools.keyring.seal(intake_text.expose(), tools.random),
        .expires_at = until,
        .reader = reader.recipient().text(),
    };
    const auto fragment = crypto::format_link_fragment(link);
    std::string address = tools.edge_url + "/u#" + std::string(fragment.expose_text());
    auto mail = policies::invitation_mail(request.language, dossier.case_number, address, until);
    auto sealed_body = tools.keyring.seal(crypto::as_bytes(mail.body), tools.random);
    wipe_text(mail.body);
    wipe_text(address);
    return {std::move(request), std::move(grant), std::move(mail), std::move(sealed_body)};
}

// The invite gate over all items: the first that has no consent, with the decision that says why.
struct Missing {
    std::string type;
    policies::Decision decision;
};
std::optional<Missing> missing_consent(
    storage::Connection& connection,
    const policies::CaseType& rules,
    const Party& party,
    const Request& request,
    policies::Instant now
) {
    const auto records = Consents::of_dossier(connection, request.dossier);
    const policies::Discloser discloser{party.id, party.role, Consents::epoch(connection, request.dossier, party.id)};
    for (const auto& item : request.items) {
        auto decision = policies::consent_for(rules, item.type, discloser, records, policies::Gate::invite, now);
        if (!decision.permit) {
            return Missing{item.type, std::move(decision)};
        }
    }
    return std::nullopt;
}

storage::Entry denied_entry(const policies::DossierId& dossier, const Party& party, const Missing& missing, const StaffMember& actor) {
    storage::Entry entry{
        "request.denied",
        {{"dossier", dossier.text()},
         {"party", party.id.text()},
         {"gate", std::string(policies::text_of(policies::Gate::invite))},
         {"rule", missing.decision.rule},
         {"reason", missing.decision.reason},
         {"epoch", static_cast<std::int64_t>(missing.decision.epoch)},
         {"staff", actor.id.text()}},
        {},
    };
    if (missing.decision.consent) {
        entry.fields.emplace("consent", missing.decision.consent->text());
    }
    return entry;
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
            record(connection, tools_.audit, denied_entry(dossier, ground.party, *missing, actor), now);
            const std::string detail = missing->decision.rule + ": " + missing->decision.reason + " (" + missing->type + ")";
            return Answer(Refusal{Refusal::Kind::consent_missing, detail});
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
