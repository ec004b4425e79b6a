// The notifier: the thread that sends what waits in the outbox. A mail is leased, sent, and its row marked; a kill in between sends the
// same mail (same Message-ID and Date) once more, never another. Bodies with a link are sealed until the moment they are sent, and the
// row is wiped after. A mail that does not get through is told to the dossier's handler once, and ended after five days.
// Everything in NotifierTools is owned by main and outlives the notifier; `sender` is used by this thread only.
#pragma once

#include "gateway/client/smtp.hpp"
#include "gateway/clock.hpp"
#include "gateway/core/keyring.hpp"
#include "gateway/core/loop.hpp"
#include "storage/core/outbox.hpp"
#include "storage/database.hpp"
#include "storage/merkle_log.hpp"

namespace gateway::core::notify {

class MailSender {
public:
    virtual ~MailSender() = default;
    virtual crypto::Result<void> send(const client::Mail& mail) = 0;
};

class SmtpSender final : public MailSender {
public:
    explicit SmtpSender(client::SmtpOptions options) : options_(std::move(options)) {}
    crypto::Result<void> send(const client::Mail& mail) override { return client::send_mail(options_, mail); }

private:
    client::SmtpOptions options_;
};

struct NotifierTools {
    storage::Database& database;
    storage::MerkleLog& audit;
    const Keyring& keyring;
    MailSender& sender;
    const Clock& clock;
    crypto::Random& random;
};

struct NotifierOptions {
    Loop::Pause look_every{1'000};
    Backoff retry{Loop::Pause(5'000), Loop::Pause(3'600'000)};
    std::uint64_t refusals_before_telling = 3;                // a wrong address is told within a minute, a server's mood is not
    std::int64_t tell_after = 4 * 3'600 * policies::one_second;
    std::int64_t give_up_after = 5 * policies::one_day;       // RFC 5321 section 4.5.4.1
};

class Notifier final {
public:
    Notifier(NotifierTools tools, NotifierOptions options);

    void start() { loop_.start(); }
    void stop() { loop_.stop(); }
    void wake() { loop_.wake(); }

    Loop::Pause turn();  // one turn, for tests

private:
    void send(const storage::core::WaitingMail& waiting);
    void close(const storage::core::WaitingMail& waiting);
    void retry(const storage::core::WaitingMail& waiting, const boost::system::error_code& error);

    NotifierTools tools_;
    NotifierOptions options_;
    Loop loop_;
};

// RFC 5322 section 3.3: "Tue, 24 Nov 2026 18:39:09 +0000".
std::string mail_date(policies::Instant at);

}  // namespace gateway::core::notify
