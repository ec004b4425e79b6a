// Mail over libcurl. Synchronous; for the notifier's thread. Text mails only, UTF-8; subjects and addresses refuse control bytes.
#pragma once

#include "gateway/client/https.hpp"

namespace gateway::client {

struct SmtpOptions {
    std::string url;   // "smtp://127.0.0.1:2525" or "smtps://…"
    std::string from;    // address
    std::string sender;  // who writes, in the From field and below the text: the organisation; may be empty
    std::filesystem::path ca;
    std::string user, password;  // empty: none
    long timeout_seconds = 30;
};

struct Mail {
    std::string to;          // address
    std::string subject;     // the case number, never a name
    std::string text;
    std::string message_id;  // "<id@host>": made before the first attempt, so that a retry is the same mail
    std::string date;        // RFC 5322
};

crypto::Result<void> send_mail(
    const SmtpOptions& options,
    const Mail& mail
);  // Errc::mail_refused when the server refuses it for good (5yz), Errc::smtp when for now

// Is the host of this URL the machine itself? Then mail may go in clear: "localhost", 127.0.0.0/8 or [::1], as libcurl reads the URL.
bool is_this_machine(const std::string& url);

}  // namespace gateway::client
