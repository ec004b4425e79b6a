// Mails that must leave, written in the transaction that caused them. A body that holds a link is sealed by the keyring and erased once
// it was sent. The notifier takes what is due, which hides it for the lease; a notifier that dies costs a second attempt of the same mail
// (the message id was made before).
#pragma once

#include "policies/ids.hpp"
#include "policies/instant.hpp"
#include "storage/connection.hpp"

namespace storage::core {

struct NewMail {
    std::string kind;  // "invitation", "arrival", "withdrawal-uploader", "withdrawal-handler", "redo", "attention"
    policies::DossierId dossier;
    std::string to;    // address
    std::string subject;
    std::optional<std::string> body;           // exactly one of body
    std::optional<crypto::Bytes> sealed_body;  // and sealed_body
    std::string message_id;                    // "<32 hex digits@host>"
};

struct WaitingMail {
    std::int64_t id = 0;
    NewMail mail;
    policies::Instant created_at;
    std::uint64_t attempts = 0;  // this one included
    bool told = false;           // somebody was told that it does not arrive
};

class Outbox final {
public:
    static void add(Connection& connection, const NewMail& mail, policies::Instant now);
    // Due mails, oldest first; each gets one attempt more and is hidden until now + lease.
    static std::vector<WaitingMail> take(Connection& connection, policies::Instant now, std::int64_t lease, std::size_t count_max);
    static void close_all(Connection& connection, const policies::DossierId& dossier, policies::Instant now);
    static void close(Connection& connection, std::int64_t id, policies::Instant now);  // sent, or never to be: erases the body
    static void retry(Connection& connection, std::int64_t id, policies::Instant at);
    static void told(Connection& connection, std::int64_t id);
    static std::size_t waiting(Connection& connection);
};

}  // namespace storage::core
