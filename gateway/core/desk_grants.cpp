#include "gateway/core/desk_grants.hpp"

#include "crypto/link.hpp"
#include "crypto/open/identity.hpp"
#include "storage/core/consents.hpp"

#include <algorithm>

namespace gateway::core::desk {

namespace {

crypto::Bytes seal_keys(const DeskTools& tools, const crypto::LinkKeys& keys) {
    crypto::SecretBytes both(64);
    const auto out = both.expose_writable();
    std::copy(keys.envelope.expose().begin(), keys.envelope.expose().end(), out.begin());
    std::copy(keys.manifest.expose().begin(), keys.manifest.expose().end(), out.begin() + 32);
    return tools.keyring.seal(both.expose(), tools.random);
}

crypto::SecretBytes link_text(const DeskTools& tools, const crypto::LinkFragment& link) {
    const auto fragment = crypto::format_link_fragment(link);
    const std::string address = tools.edge_url + "/u#";
    crypto::SecretBytes text(address.size() + fragment.size());
    const auto rest = std::copy(address.begin(), address.end(), text.expose_writable().begin());
    std::copy(fragment.expose().begin(), fragment.expose().end(), rest);
    return text;
}

}  // namespace

MadeGrant make_grant(const DeskTools& tools, const storage::core::Request& request, policies::Instant until) {
    const auto id = storage::core::new_id<policies::GrantId>(tools.random);
    const crypto::LinkFragment link{id.text(), tools.random.secret<32>()};
    const auto keys = crypto::derive_link_keys(link.secret, id.text());
    const auto intake = crypto::open::X25519Identity::generate(tools.random);
    const crypto::open::X25519Identity reader(crypto::Secret<32>::copy_of(keys.reader.expose()));
    const auto intake_text = intake.text();
    storage::core::Grant grant{
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
    return {std::move(grant), link_text(tools, link)};
}

void wipe_text(std::string& text) {
    crypto::wipe({reinterpret_cast<std::uint8_t*>(text.data()), text.size()});
    text.clear();
}

std::optional<Missing> missing_consent(
    storage::Connection& connection,
    const policies::CaseType& rules,
    const storage::core::Party& party,
    const storage::core::Request& request,
    policies::Instant now
) {
    using storage::core::Consents;
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

Refusal deny(
    storage::Connection& connection,
    const DeskTools& tools,
    const storage::core::StaffMember& actor,
    const storage::core::Party& party,
    const Missing& missing,
    policies::Instant now
) {
    const auto& decision = missing.decision;
    storage::Entry entry{
        "request.denied",
        {{"dossier", party.dossier.text()},
         {"party", party.id.text()},
         {"gate", std::string(policies::text_of(policies::Gate::invite))},
         {"rule", decision.rule},
         {"reason", decision.reason},
         {"epoch", static_cast<std::int64_t>(decision.epoch)},
         {"staff", actor.id.text()}},
        {},
    };
    if (decision.consent) {
        entry.fields.emplace("consent", decision.consent->text());
    }
    storage::core::record(connection, tools.audit, entry, now);
    return {Refusal::Kind::consent_missing, decision.rule + ": " + decision.reason + " (" + missing.type + ")"};
}

}  // namespace gateway::core::desk
