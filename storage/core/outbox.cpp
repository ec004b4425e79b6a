#include "storage/core/outbox.hpp"

#include "crypto/ensure.hpp"
#include "storage/core/row.hpp"

namespace storage::core {

void Outbox::add(Connection& connection, const NewMail& mail, policies::Instant now) {
    crypto::ensure(mail.body.has_value() != mail.sealed_body.has_value(), "a mail has one body, in clear or sealed");
    connection.run(
        "INSERT INTO outbox (kind, dossier_id, recipient, subject, body, sealed_body, message_id, created_at, attempts, next_at) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0, ?)",
        mail.kind,
        mail.dossier.text(),
        mail.to,
        mail.subject,
        mail.body,
        mail.sealed_body,
        mail.message_id,
        now.microseconds,
        now.microseconds
    );
}

std::vector<WaitingMail> Outbox::take(Connection& connection, policies::Instant now, std::int64_t lease, std::size_t count_max) {
    std::vector<WaitingMail> due;
    {
        auto found = connection.query(
            "SELECT id, kind, recipient, subject, body, sealed_body, message_id, created_at, attempts, dossier_id, told FROM outbox "
            "WHERE done_at IS NULL AND next_at <= ? ORDER BY next_at, id LIMIT ?",
            now.microseconds,
            std::uint64_t{count_max}
        );
        while (found.step()) {
            NewMail mail{
                .kind = found.text(1),
                .dossier = row::id<policies::DossierId>(found, 9),
                .to = found.text(2),
                .subject = found.text(3),
                .body = found.optional_text(4),
                .sealed_body = std::nullopt,
                .message_id = found.text(6),
            };
            if (!found.is_null(5)) {
                mail.sealed_body = found.blob(5);
            }
            due.push_back({found.integer(0), std::move(mail), row::instant(found, 7), row::count(found, 8) + 1, found.integer(10) != 0});
        }
    }
    for (const auto& mail : due) {
        connection.run("UPDATE outbox SET attempts = attempts + 1, next_at = ? WHERE id = ?", now.microseconds + lease, mail.id);
    }
    return due;
}

void Outbox::close(Connection& connection, std::int64_t id, policies::Instant now) {
    connection.run("UPDATE outbox SET done_at = ?, body = NULL, sealed_body = NULL WHERE id = ?", now.microseconds, id);
}

void Outbox::close_all(Connection& connection, const policies::DossierId& dossier, policies::Instant now) {
    connection.run(
        "UPDATE outbox SET done_at = ?, body = NULL, sealed_body = NULL WHERE dossier_id = ? AND done_at IS NULL",
        now.microseconds,
        dossier.text()
    );
}

void Outbox::retry(Connection& connection, std::int64_t id, policies::Instant at) {
    connection.run("UPDATE outbox SET next_at = ? WHERE id = ? AND done_at IS NULL", at.microseconds, id);
}

void Outbox::told(Connection& connection, std::int64_t id) {
    connection.run("UPDATE outbox SET told = 1 WHERE id = ?", id);
}

std::size_t Outbox::waiting(Connection& connection) {
    auto found = connection.query("SELECT count(*) FROM outbox WHERE done_at IS NULL");
    found.step();
    return row::count(found, 0);
}

}  // namespace storage::core
