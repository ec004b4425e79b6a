// What the desk's acts share: checks of the texts people type, who may act on a dossier, and rows that tell somebody. For desk*.cpp only.
#pragma once

#include "gateway/core/desk.hpp"
#include "policies/disclosure.hpp"
#include "storage/core/audit.hpp"
#include "storage/core/new_id.hpp"

namespace gateway::core::desk {

constexpr std::size_t case_number_max = 64;
constexpr std::size_t name_max = 200;
constexpr std::size_t mail_max = 254;      // RFC 5321 section 4.5.3.1.3, without the angle brackets
constexpr std::size_t message_max = 4000;  // bytes
constexpr std::size_t items_max = 50;      // of a request
constexpr std::uint64_t releases_max = 500;  // live ones of a grant: the edge lists so many
constexpr std::int64_t deadline_max = 400 * policies::one_day;
constexpr std::size_t label_max = 100;        // bytes, of a credential
constexpr std::size_t credentials_max = 20;   // in use at a time, of a request; twice as many while they are being replaced
constexpr std::uint64_t overlap_hours_max = 720;
constexpr std::string_view staff_language = "nl";

Refusal invalid(std::string detail);
Refusal not_found();

bool is_case_number(std::string_view text) noexcept;            // letters, digits, "-_./": it stands in mail subjects
bool is_line(std::string_view text, std::size_t max) noexcept;  // not empty, no control characters
bool is_text(std::string_view text, std::size_t max) noexcept;  // may be empty, and have line breaks and tabs
bool is_mail(std::string_view text) noexcept;

// The dossier, when the actor is its handler and it is not closed.
std::optional<storage::core::Dossier>
own_dossier(storage::Connection& connection, const storage::core::StaffMember& actor, const policies::DossierId& id);

// Until when everything the request asks for may be handed in and opened: its deadline, or the end of a consent it rests on. Asked of
// Credentials::request_of, until when a grant may live.
policies::Instant request_until(
    storage::Connection& connection,
    const policies::CaseType& rules,
    const storage::core::Party& party,
    const storage::core::Request& request,
    policies::Instant now
);

// Releases of the dossier that no longer rest on a consent, or whose reader's link was withdrawn, end.
void withdraw_lost_releases(
    storage::Connection& connection,
    const DeskTools& tools,
    const storage::core::StaffMember& actor,
    const storage::core::Dossier& dossier,
    const policies::CaseType& rules,
    policies::Instant now
);

// A mail row. `sealed`: the body in place of the text's, which holds a secret.
void add_mail(
    storage::Connection& connection,
    const DeskTools& tools,
    std::string kind,
    const policies::DossierId& dossier,
    const std::string& to,
    policies::MailText text,
    std::optional<crypto::Bytes> sealed,
    policies::Instant now
);

void add_notice(
    storage::Connection& connection,
    const DeskTools& tools,
    const policies::StaffId& staff,
    const policies::DossierId& dossier,
    std::string kind,
    policies::Instant now
);

}  // namespace gateway::core::desk
