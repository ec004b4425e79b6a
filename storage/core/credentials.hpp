// API credentials: grants of a request whose link was shown once to a handler instead of mailed to the party. The grant holds what the edge
// must know (grants.hpp), the row here what people know it by: a label, the items it is for, who made it and until when they wanted it.
// Its id is the grant's. Nothing here opens anything; nothing here ever knew the secret.
#pragma once

#include "policies/credential.hpp"
#include "storage/core/grants.hpp"
#include "storage/core/requests.hpp"

namespace storage::core {

struct Credential {
    policies::GrantId id;
    policies::RequestId request;
    std::string label;
    std::vector<policies::ItemId> items;  // in the request's order
    policies::StaffId made_by;
    policies::Instant made_at;
    policies::Instant valid_until;  // as wanted; the grant ends earlier when a consent does
    std::optional<policies::GrantId> replaced_by;
    std::optional<policies::Instant> revoked_at;
};

class Credentials final {
public:
    static void add(Connection& connection, const Credential& credential);  // its grant is there
    static std::optional<Credential> find(Connection& connection, const policies::GrantId& id);
    static std::vector<Credential> of_request(Connection& connection, const policies::RequestId& request);  // newest first

    static policies::CredentialState state(Connection& connection, const Credential& credential, policies::Instant now);

    // `old` works on until then at most. The grant itself is the caller's to end.
    static void replace(Connection& connection, const policies::GrantId& old, const policies::GrantId& by, policies::Instant until);
    static void revoke(Connection& connection, const policies::GrantId& id, policies::Instant at);

    // The request as it stands for this grant: whole for the mailed link; for a credential its items only, with the credential's own end
    // as the deadline. Nothing when the request is not there.
    static std::optional<Request> request_of(Connection& connection, const Grant& grant);
};

}  // namespace storage::core
