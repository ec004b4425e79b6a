#include "gateway/core/notify/notifier.hpp"

#include "gateway/log.hpp"
#include "storage/core/audit.hpp"
#include "storage/core/dossiers.hpp"
#include "storage/core/new_id.hpp"
#include "storage/core/notices.hpp"

#include <array>
#include <cstdio>

namespace gateway::core::notify {

namespace {

constexpr std::int64_t lease = 120 * policies::one_second;  // longer than one mail's timeout
constexpr std::size_t mails_a_turn = 1;                     // so that no leased mail waits behind a slow one

using storage::core::Outbox;
using storage::core::WaitingMail;

// The text to send; a sealed one is opened only now.
crypto::Result<std::string> text_of(const storage::core::NewMail& mail, const Keyring& keyring) {
    if (!mail.sealed_body) {
        return mail.body.value_or(std::string());
    }
    const auto opened = keyring.unseal(*mail.sealed_body);
    if (opened.has_error()) {
        return opened.error();
    }
    return std::string(opened->expose_text());
}

void tell_handler(storage::Connection& connection, const WaitingMail& waiting, crypto::Random& random, policies::Instant now) {
    const auto dossier = storage::core::Dossiers::find(connection, waiting.mail.dossier);
    if (dossier) {
        const auto id = storage::core::new_id<policies::NoticeId>(random);
        storage::core::Notices::add(connection, {id, dossier->handler, dossier->id, "mail.undelivered", now, false, {}});
    }
    Outbox::told(connection, waiting.id);
}

storage::Entry given_up_entry(const WaitingMail& waiting) {
    return {"mail.given-up", {{"dossier", waiting.mail.dossier.text()}, {"kind", waiting.mail.kind}}, {}};
}

}  // namespace

Notifier::Notifier(NotifierTools tools, NotifierOptions options)
    : tools_(tools), options_(options), loop_("notifier", [this] { return turn(); }) {}

Loop::Pause Notifier::turn() {
    const auto now = tools_.clock.now();
    // Reading first: an empty outbox costs no transaction.
    const auto waiting =
        tools_.database.read([](storage::Connection& connection) -> storage::Result<std::size_t> { return Outbox::waiting(connection); });
    if (waiting.has_error() || *waiting == 0) {
        return options_.look_every;
    }
    const auto taken = tools_.database.commit([now](storage::Connection& connection) -> storage::Result<std::vector<WaitingMail>> {
        return Outbox::take(connection, now, lease, mails_a_turn);
    });
    if (taken.has_error() || taken->empty()) {
        return options_.look_every;
    }
    for (const auto& mail : *taken) {
        send(mail);
    }
    return Loop::Pause(0);
}

void Notifier::send(const WaitingMail& waiting) {
    auto text = text_of(waiting.mail, tools_.keyring);
    if (text.has_error()) {
        retry(waiting, text.error());
        return;
    }
    client::Mail mail{waiting.mail.to, waiting.mail.subject, std::move(*text), waiting.mail.message_id, mail_date(waiting.created_at)};
    const auto outcome = tools_.sender.send(mail);
    crypto::wipe({reinterpret_cast<std::uint8_t*>(mail.text.data()), mail.text.size()});
    if (outcome.has_value()) {
        close(waiting);
    } else {
        retry(waiting, outcome.error());
    }
}

void Notifier::close(const WaitingMail& waiting) {
    const auto now = tools_.clock.now();
    const auto marked = tools_.database.commit([&waiting, now](storage::Connection& connection) -> storage::Result<void> {
        Outbox::close(connection, waiting.id, now);
        return {};
    });
    log_event("mail.sent", {{"mail", waiting.id}, {"kind", waiting.mail.kind}, {"marked", marked.has_value()}});
}

void Notifier::retry(const WaitingMail& waiting, const boost::system::error_code& error) {
    const auto now = tools_.clock.now();
    const auto age = now.microseconds - waiting.created_at.microseconds;
    const bool refused = error == client::Errc::mail_refused && waiting.attempts >= options_.refusals_before_telling;
    const bool tell = !waiting.told && (refused || age >= options_.tell_after);
    // A link that cannot be unsealed waits for its key, however long: that is for the operator to mend.
    const bool over = age >= options_.give_up_after && error.category() == client::category();
    const auto wait = std::chrono::duration_cast<std::chrono::microseconds>(options_.retry.after(waiting.attempts)).count();
    const auto noted = tools_.database.commit([&](storage::Connection& connection) -> storage::Result<void> {
        if (tell) {
            tell_handler(connection, waiting, tools_.random, now);
        }
        if (over) {
            Outbox::close(connection, waiting.id, now);
            storage::core::record(connection, tools_.audit, given_up_entry(waiting), now);
        } else {
            Outbox::retry(connection, waiting.id, now + wait);
        }
        return {};
    });
    log_event(
        over ? "mail.given-up" : "mail.failed",
        {{"mail", waiting.id},
         {"kind", waiting.mail.kind},
         {"attempt", waiting.attempts},
         {"error", error.category().name()},
         {"code", error.value()},
         {"noted", noted.has_value()}}
    );
}

std::string mail_date(policies::Instant at) {
    static constexpr std::array<const char*, 7> days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static constexpr std::array<const char*, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const auto moment = std::chrono::sys_time<std::chrono::microseconds>(std::chrono::microseconds(at.microseconds));
    const auto day = std::chrono::floor<std::chrono::days>(moment);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss time(std::chrono::floor<std::chrono::seconds>(moment - day));
    std::array<char, 64> text{};
    std::snprintf(
        text.data(),
        text.size(),
        "%s, %02u %s %04d %02d:%02d:%02d +0000",
        days.at(std::chrono::weekday(day).c_encoding()),
        static_cast<unsigned>(date.day()),
        months.at(static_cast<unsigned>(date.month()) - 1),
        static_cast<int>(date.year()),
        static_cast<int>(time.hours().count()),
        static_cast<int>(time.minutes().count()),
        static_cast<int>(time.seconds().count())
    );
    return text.data();
}

}  // namespace gateway::core::notify
