// What a mail, a notice or an outcome may say, in nl, fr, de and en. A mail carries the case number and, for an invitation, the link;
// no name, no document type, no content, no reason that says something about a person. Unknown languages get Dutch.
#pragma once

#include "policies/case_type.hpp"

namespace policies {

struct MailText {
    std::string subject;
    std::string body;
};

// To staff.
MailText arrival_mail(std::string_view language, std::string_view case_number, std::string_view console_url);
MailText withdrawal_mail_to_handler(std::string_view language, std::string_view case_number, std::string_view console_url);
MailText
attention_mail(std::string_view language, std::string_view case_number, std::string_view console_url);  // refused, redo, quarantined

// To the party.
MailText invitation_mail(std::string_view language, std::string_view case_number, std::string_view link, Instant deadline);
MailText withdrawal_mail_to_uploader(std::string_view language, std::string_view case_number);
MailText redo_mail(std::string_view language, std::string_view case_number);

// Console inbox, by kind: "document.filed", "document.refused", "document.redo", "document.quarantined", "document.withdrawn",
// "consent.withdrawn", "mail.undelivered". Nothing for kinds that are not there.
const Texts* notice_text(std::string_view kind);

// For the uploader, by the reason code of a verdict ("consent-withdrawn", "damaged", "wrong-type", "wrong-request", "malware",
// "password-protected"); the text of "refused" for a code that is not there.
const Texts& verdict_text(std::string_view code);

// For the console's timeline, by act of the audit log; the act itself when there is no sentence for it.
Texts act_text(std::string_view act);

}  // namespace policies
