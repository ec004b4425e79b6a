#include "gateway/core/router/telling.hpp"

#include "policies/disclosure.hpp"
#include "storage/core/new_id.hpp"
#include "storage/core/notices.hpp"
#include "storage/core/outbox.hpp"

namespace gateway::core::router {

namespace {

using policies::DocumentState;

constexpr std::string_view staff_language = "nl";

void mail(
    storage::Connection& connection,
    const Surroundings& around,
    std::string kind,
    const std::string& to,
    policies::MailText text,
    const Sender& sender,
    policies::Instant now
) {
    if (to.empty()) {
        return;
    }
    // Made here, before the first attempt: a retry is the same mail.
    const auto id = storage::core::new_id<policies::NoticeId>(sender.random).text();
    const storage::core::NewMail row{
        std::move(kind),
        around.dossier.id,
        to,
        std::move(text.subject),
        std::move(text.body),
        std::nullopt,
        "<" + id + "@" + std::string(sender.mail_host) + ">"
    };
    storage::core::Outbox::add(connection, row, now);
}

void mail_handler(
    storage::Connection& connection,
    const Surroundings& around,
    DocumentState state,
    const Sender& sender,
    policies::Instant now
) {
    if (!around.handler) {
        return;
    }
    const auto& number = around.dossier.case_number;
    const auto& to = around.handler->mail;
    if (state == DocumentState::filed) {
        mail(connection, around, "arrival", to, policies::arrival_mail(staff_language, number, sender.console_url), sender, now);
    } else if (state == DocumentState::withdrawn) {
        mail(
            connection,
            around,
            "withdrawal-handler",
            to,
            policies::withdrawal_mail_to_handler(staff_language, number, sender.console_url),
            sender,
            now
        );
    } else {
        mail(connection, around, "attention", to, policies::attention_mail(staff_language, number, sender.console_url), sender, now);
    }
}

// A withdrawal at the desk told the party when it withdrew the grant. A consent that ran out, say, told nobody yet.
bool told_before(storage::Connection& connection, const policies::GrantId& id) {
    const auto grant = storage::core::Grants::find(connection, id);
    return grant && grant->state == policies::GrantState::withdrawn;
}

}  // namespace

void tell(storage::Connection& connection, const Surroundings& around, DocumentState state, const Sender& sender, policies::Instant now) {
    const storage::core::Notice notice{
        storage::core::new_id<policies::NoticeId>(sender.random),
        around.dossier.handler,
        around.dossier.id,
        "document." + std::string(policies::text_of(state)),
        now,
        false,
        {}
    };
    storage::core::Notices::add(connection, notice);
    mail_handler(connection, around, state, sender, now);
    const auto& language = around.request.language;
    if (state == DocumentState::redo) {
        mail(connection, around, "redo", around.party.mail, policies::redo_mail(language, around.dossier.case_number), sender, now);
    } else if (state == DocumentState::withdrawn && !told_before(connection, around.grant.id)) {
        const auto text = policies::withdrawal_mail_to_uploader(language, around.dossier.case_number);
        mail(connection, around, "withdrawal-uploader", around.party.mail, text, sender, now);
    }
}

}  // namespace gateway::core::router
