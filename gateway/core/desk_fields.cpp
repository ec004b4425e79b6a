#include "gateway/core/desk_fields.hpp"

#include "storage/core/consents.hpp"
#include "storage/core/notices.hpp"
#include "storage/core/outbox.hpp"

#include <algorithm>

namespace gateway::core::desk {

namespace {

bool is_control(char letter) noexcept {
    const auto byte = static_cast<unsigned char>(letter);
    return byte < 0x20 || byte == 0x7f;
}

}  // namespace

Refusal invalid(std::string detail) {
    return {Refusal::Kind::invalid, std::move(detail)};
}

Refusal not_found() {
    return {Refusal::Kind::not_found, {}};
}

bool is_case_number(std::string_view text) noexcept {
    const auto allowed = [](char letter) {
        return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') || (letter >= '0' && letter <= '9') || letter == '-' ||
               letter == '_' || letter == '.' || letter == '/';
    };
    return !text.empty() && text.size() <= case_number_max && std::all_of(text.begin(), text.end(), allowed);
}

bool is_line(std::string_view text, std::size_t max) noexcept {
    return !text.empty() && text.size() <= max && std::none_of(text.begin(), text.end(), is_control) &&
           text.find_first_not_of(' ') != std::string_view::npos;
}

bool is_text(std::string_view text, std::size_t max) noexcept {
    return text.size() <= max && std::none_of(text.begin(), text.end(), [](char letter) {
               return is_control(letter) && letter != '\n' && letter != '\t' && letter != '\r';
           });
}

// Enough for an address that a mail server will judge: one @ between non-empty parts, nothing that could end a header or a command.
bool is_mail(std::string_view text) noexcept {
    const auto at = text.find('@');
    const auto allowed = [](char letter) {
        const auto byte = static_cast<unsigned char>(letter);
        return byte > 0x20 && byte < 0x7f && std::string_view("<>()[]\\,;:\"").find(letter) == std::string_view::npos;
    };
    return text.size() <= mail_max && at != std::string_view::npos && at > 0 && at + 1 < text.size() &&
           text.find('@', at + 1) == std::string_view::npos && std::all_of(text.begin(), text.end(), allowed);
}

std::optional<storage::core::Dossier>
own_dossier(storage::Connection& connection, const storage::core::StaffMember& actor, const policies::DossierId& id) {
    auto dossier = storage::core::Dossiers::find(connection, id);
    if (!dossier || !actor.is(policies::Role::handler) || dossier->handler != actor.id || dossier->closed_at) {
        return std::nullopt;
    }
    return dossier;
}

void add_mail(
    storage::Connection& connection,
    const DeskTools& tools,
    std::string kind,
    const policies::DossierId& dossier,
    const std::string& to,
    policies::MailText text,
    std::optional<crypto::Bytes> sealed,
    policies::Instant now
) {
    storage::core::NewMail mail{
        .kind = std::move(kind),
        .dossier = dossier,
        .to = to,
        .subject = std::move(text.subject),
        .body = std::nullopt,
        .sealed_body = std::move(sealed),
        .message_id = "<" + storage::core::new_id<policies::NoticeId>(tools.random).text() + "@" + tools.mail_host + ">",
    };
    if (!mail.sealed_body) {
        mail.body = std::move(text.body);
    }
    storage::core::Outbox::add(connection, mail, now);
}

void add_notice(
    storage::Connection& connection,
    const DeskTools& tools,
    const policies::StaffId& staff,
    const policies::DossierId& dossier,
    std::string kind,
    policies::Instant now
) {
    const auto id = storage::core::new_id<policies::NoticeId>(tools.random);
    storage::core::Notices::add(connection, {id, staff, dossier, std::move(kind), now, false, {}});
}

policies::Instant request_until(
    storage::Connection& connection,
    const policies::CaseType& rules,
    const storage::core::Party& party,
    const storage::core::Request& request,
    policies::Instant now
) {
    const auto records = storage::core::Consents::of_dossier(connection, request.dossier);
    const policies::Discloser discloser{party.id, party.role, storage::core::Consents::epoch(connection, request.dossier, party.id)};
    auto until = request.deadline;
    for (const auto& item : request.items) {
        for (const auto gate : {policies::Gate::upload_start, policies::Gate::upload_complete, policies::Gate::route}) {
            until = std::min(until, policies::permitted_until(rules, item.type, discloser, records, gate, now));
        }
    }
    return until;
}

}  // namespace gateway::core::desk
