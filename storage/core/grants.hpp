// The capability of one party for one request, and what the edge must be told about it (its posting). A request has one whose link was
// mailed, and one for each API credential (credentials.hpp). `sealed_keys` is envelope key ‖
// manifest key, 64 bytes, sealed by the keyring; the link secret itself is not kept. Every change raises `version`; the publisher sends
// the posting of the newest version and then says so with published(…).
#pragma once

#include "crypto/digest.hpp"
#include "policies/ids.hpp"
#include "policies/instant.hpp"
#include "policies/states.hpp"
#include "storage/connection.hpp"

namespace storage::core {

struct Grant {
    policies::GrantId id;
    policies::RequestId request;
    policies::DossierId dossier;
    policies::PartyId party;
    crypto::Digest token_hash;      // SHA-256 of the access token
    crypto::Bytes sealed_keys;      // keyring: envelope key ‖ manifest key; empty once destroyed
    std::string recipient;          // intake, "age1…"
    crypto::Bytes sealed_identity;  // keyring: text of the intake identity; empty once destroyed
    policies::GrantState state = policies::GrantState::open;
    std::uint64_t epoch = 0;
    std::uint64_t version = 1;
    std::uint64_t published_version = 0;
    policies::Instant expires_at;
    std::string reader{};  // "age1…" of the link's holder, to whom documents can be released; "" for a grant from before there was one
};

class Grants final {
public:
    static void add(Connection& connection, const Grant& grant);
    static std::optional<Grant> find(Connection& connection, const policies::GrantId& id);
    static std::optional<Grant> of_request(Connection& connection, const policies::RequestId& request);  // whose link was mailed
    static std::vector<Grant> of_party(Connection& connection, const policies::DossierId& dossier, const policies::PartyId& party);

    // State and epoch of the next posting; raises the version and gives it. not_found.
    static Result<std::uint64_t>
    change(Connection& connection, const policies::GrantId& id, policies::GrantState state, std::uint64_t epoch);

    // Earlier or later than it was; raises the version too. not_found.
    static Result<void> end_at(Connection& connection, const policies::GrantId& id, policies::Instant until);

    static std::vector<Grant> to_publish(Connection& connection, std::size_t count_max);
    static void published(Connection& connection, const policies::GrantId& id, std::uint64_t version);  // never lowers it
    static void destroy_identity(Connection& connection, const policies::GrantId& id);  // of intake: what was sent to it stays closed
    // Of all grants of the dossier: the links close, and nothing opens what was sealed to or for them.
    static void destroy_keys(Connection& connection, const policies::DossierId& dossier);
    static std::vector<Grant> expired(Connection& connection, policies::Instant before);  // open or paused still; a thousand at most
    // Grants that take nothing more and whose intake identity is still there: stopped, published as such, and all documents decided.
    static std::vector<policies::GrantId> over(Connection& connection);
};

}  // namespace storage::core
