#include "gateway/core/notify/notifier.hpp"

#include "gateway/log.hpp"

#include <array>
#include <cstdio>

namespace gateway::core::notify {

namespace {

constexpr std::int64_t lease = 120 * policies::one_second;  // longer than one mail's timeout
constexpr std::size_t mails_a_turn = 1;                     // so that no leased mail waits behind a slow one

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

}  // namespace

Notifier::Notifier(storage::Database& database, const Keyring& keyring, MailSender& sender, const Clock& clock, NotifierOptions options)
    : database_(database), keyring_(keyring), sender_(sender), clock_(clock), options_(options),
      loop_("notifier", [this] { return turn(); }) {}

Loop::Pause Notifier::turn() {
    const auto now = clock_.now();
    // Reading first: an empty outbox costs no transaction.
    const auto waiting = database_.read([](storage::Connection& connection) -> storage::Result<std::size_t> {
        return storage::core::Outbox::waiting(connection);
    });
    if (waiting.has_error() || *waiting == 0) {
        return options_.look_every;
    }
    const auto taken = database_.commit([now](storage::Connection& connection) -> storage::Result<std::vector<storage::core::WaitingMail>> {
        return storage::core::Outbox::take(connection, now, lease, mails_a_turn);
    });
    if (taken.has_error() || taken->empty()) {
        return options_.look_every;
    }
    for (const auto& mail : *taken) {
        send(mail);
    }
    return Loop::Pause(0);
}

void Notifier::send(const storage::core::WaitingMail& waiting) {
    auto text = text_of(waiting.mail, keyring_);
    auto outcome = text.has_error() ? crypto::Result<void>(text.error()) : crypto::Result<void>();
    if (text.has_value()) {
        client::Mail mail{waiting.mail.to, waiting.mail.subject, std::move(*text), waiting.mail.message_id, mail_date(waiting.created_at)};
        outcome = sender_.send(mail);
        crypto::wipe({reinterpret_cast<std::uint8_t*>(mail.text.data()), mail.text.size()});
    }
    const auto now = clock_.now();
    if (outcome.has_value()) {
        const auto marked = database_.commit([&waiting, now](storage::Connection& connection) -> storage::Result<void> {
            storage::core::Outbox::sent(connection, waiting.id, now);
            return {};
        });
        log_event("mail.sent", {{"mail", waiting.id}, {"kind", waiting.mail.kind}, {"marked", marked.has_value()}});
        return;
    }
    const auto wait = std::chrono::duration_cast<std::chrono::microseconds>(options_.retry.after(waiting.attempts)).count();
    const auto delayed = database_.commit([&waiting, now, wait](storage::Connection& connection) -> storage::Result<void> {
        storage::core::Outbox::retry(connection, waiting.id, now + wait);
        return {};
    });
    log_event(
        "mail.failed",
        {{"mail", waiting.id},
         {"kind", waiting.mail.kind},
         {"attempt", waiting.attempts},
         {"error", outcome.error().category().name()},
         {"code", outcome.error().value()},
         {"delayed", delayed.has_value()}}
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
