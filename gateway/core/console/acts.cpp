#include "gateway/core/console/acts.hpp"

#include "gateway/core/console/fields.hpp"
#include "gateway/core/reading.hpp"
#include "storage/core/notices.hpp"

#include <nlohmann/json.hpp>

namespace gateway::core::console {

namespace {

using json = nlohmann::json;

std::vector<WantedItem> read_items(Fields& fields) {
    std::vector<WantedItem> items;
    const json& list = fields.member("items");
    if (!list.is_array()) {
        fields.note("items", "must be a list");
        return items;
    }
    for (const auto& element : list) {
        Fields item(element);
        items.push_back({item.text("type"), item.flag("required")});
        if (!item.fault().empty()) {
            fields.note("items", "each must have a type and say whether it is required");
        }
    }
    return items;
}

}  // namespace

http::Response open_dossier(const Tools& tools, const Call& call) {
    Fields fields(call.body);
    NewDossier wanted{fields.text("caseType"), fields.text("caseNumber"), fields.text("subject"), std::nullopt};
    if (const auto doctor = fields.optional_text("advisingDoctor"); !doctor.empty()) {
        wanted.advising_doctor = doctor;
    }
    if (!fields.fault().empty()) {
        return answer_invalid(call, fields.fault());
    }
    const auto deed = tools.desk.open_dossier(*call.staff, wanted);
    return finish<policies::DossierId>(tools, call, deed, [](const auto& id) { return made(json{{"id", id.text()}}.dump()); });
}

http::Response add_party(const Tools& tools, const Call& call) {
    Fields fields(call.body);
    const NewParty wanted{fields.text("role"), fields.text("name"), fields.text("mail")};
    const auto dossier = policies::DossierId::parse(call.id);
    if (!dossier) {
        return answer_not_found(call);
    }
    if (!fields.fault().empty()) {
        return answer_invalid(call, fields.fault());
    }
    const auto deed = tools.desk.add_party(*call.staff, *dossier, wanted);
    return finish<policies::PartyId>(tools, call, deed, [](const auto& id) { return made(json{{"id", id.text()}}.dump()); });
}

http::Response register_consent(const Tools& tools, const Call& call) {
    Fields fields(call.body);
    const NewConsent wanted{
        fields.text("kind"),
        fields.party("party"),
        fields.text("evidence"),
        fields.optional_text("note"),
        fields.instant("from"),
        fields.instant("until"),
    };
    const auto dossier = policies::DossierId::parse(call.id);
    if (!dossier) {
        return answer_not_found(call);
    }
    if (!fields.fault().empty()) {
        return answer_invalid(call, fields.fault());
    }
    const auto deed = tools.desk.register_consent(*call.staff, *dossier, wanted);
    return finish<policies::ConsentId>(tools, call, deed, [](const auto& id) { return made(json{{"id", id.text()}}.dump()); });
}

http::Response withdraw_consent(const Tools& tools, const Call& call) {
    Fields fields(call.body);
    const auto reason = fields.optional_text("reason");
    const auto consent = policies::ConsentId::parse(call.id);
    if (!consent) {
        return answer_not_found(call);
    }
    if (!fields.fault().empty()) {
        return answer_invalid(call, fields.fault());
    }
    const auto deed = tools.desk.withdraw_consent(*call.staff, *consent, reason);
    return finish<std::size_t>(tools, call, deed, [](std::size_t) { return http::empty(204); });
}

http::Response make_request(const Tools& tools, const Call& call) {
    Fields fields(call.body);
    const NewRequest wanted{
        fields.party("party"),
        read_items(fields),
        fields.instant("deadline"),
        fields.optional_text("message"),
        fields.text("language"),
    };
    const auto dossier = policies::DossierId::parse(call.id);
    if (!dossier) {
        return answer_not_found(call);
    }
    if (!fields.fault().empty()) {
        return answer_invalid(call, fields.fault());
    }
    const auto deed = tools.desk.make_request(*call.staff, *dossier, wanted);
    return finish<MadeRequest>(tools, call, deed, [](const MadeRequest& done) {
        return made(json{{"id", done.request.text()}, {"grant", done.grant.text()}}.dump());
    });
}

http::Response release_document(const Tools& tools, const Call& call) {
    Fields fields(call.body);
    const NewRelease wanted{fields.request("request"), fields.instant("expiresAt")};
    const auto document = policies::DocumentId::parse(call.id);
    if (!document) {
        return answer_not_found(call);
    }
    if (!fields.fault().empty()) {
        return answer_invalid(call, fields.fault());
    }
    const auto rewrap = [&](const std::string& reader) {
        return rewrap_document(tools.database, tools.case_store, tools.keyring, *document, reader, tools.random);
    };
    const auto deed = tools.desk.release_document(*call.staff, *document, wanted, rewrap);
    return finish<MadeRelease>(tools, call, deed, [](const MadeRelease& done) {
        return made(json{{"id", done.release.text()}, {"expiresAt", done.expires_at.text()}}.dump());
    });
}

http::Response withdraw_release(const Tools& tools, const Call& call) {
    const auto release = policies::ReleaseId::parse(call.id);
    if (!release) {
        return answer_not_found(call);
    }
    const auto deed = tools.desk.withdraw_release(*call.staff, *release);
    return finish<bool>(tools, call, deed, [](bool) { return http::empty(204); });
}

namespace {

// {"client":{"issuer","client"}} or {"certificate":hex}: one of the two.
std::optional<Machine> read_machine(Fields& fields) {
    const auto& client = fields.member("client");
    const auto& certificate = fields.member("certificate");
    if (client.is_null() == certificate.is_null()) {
        fields.note("client", "either a client or a certificate");
        return std::nullopt;
    }
    if (!client.is_null()) {
        Fields names{json(client)};
        storage::OAuthClient read{names.text("issuer"), names.text("client")};
        if (!names.fault().empty()) {
            fields.note("client", "must have issuer and client");
        }
        return read;
    }
    const auto digest = certificate.is_string() ? crypto::Digest::from_hex(certificate.get_ref<const std::string&>()) : std::nullopt;
    if (!digest) {
        fields.note("certificate", "must be the SHA-256 of its DER: 64 lower-case hex digits");
        return std::nullopt;
    }
    return *digest;
}

using MachineAct = Deed<policies::GrantId> (Desk::*)(const Desk::Actor&, const policies::GrantId&, const Machine&);

http::Response change_machine(const Tools& tools, const Call& call, MachineAct act) {
    Fields fields(call.body);
    const auto machine = read_machine(fields);
    const auto grant = policies::GrantId::parse(call.id);
    if (!grant) {
        return answer_not_found(call);
    }
    if (!machine || !fields.fault().empty()) {
        return answer_invalid(call, fields.fault());
    }
    const auto deed = (tools.desk.*act)(*call.staff, *grant, *machine);
    return finish<policies::GrantId>(tools, call, deed, [](const auto&) { return http::empty(204); });
}

}  // namespace

http::Response add_machine(const Tools& tools, const Call& call) {
    return change_machine(tools, call, &Desk::add_machine);
}

http::Response remove_machine(const Tools& tools, const Call& call) {
    return change_machine(tools, call, &Desk::remove_machine);
}

http::Response notice_done(const Tools& tools, const Call& call) {
    const auto notice = policies::NoticeId::parse(call.id);
    if (!notice) {
        return answer_not_found(call);
    }
    const auto now = tools.clock.now();
    const auto done = tools.database.commit([&](storage::Connection& connection) -> storage::Result<void> {
        return storage::core::Notices::done(connection, *notice, call.staff->id, now);
    });
    return done.has_error() ? answer_error(done.error(), call) : http::empty(204);
}

}  // namespace gateway::core::console
