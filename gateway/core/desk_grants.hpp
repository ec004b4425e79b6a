// What the desk's acts that make a grant share: its keys, and the invite gate before it. For desk*.cpp only.
#pragma once

#include "gateway/core/desk_fields.hpp"

namespace gateway::core::desk {

// Nothing of it counts until the grant's row is there. The link is known here and nowhere else: what is kept of its secret is the hash of
// the access token and two keys, sealed.
struct MadeGrant {
    storage::core::Grant grant;
    crypto::SecretBytes link;  // "https://HOST/u#GRANT.SECRET"
};
MadeGrant make_grant(const DeskTools& tools, const storage::core::Request& request, policies::Instant until);

void wipe_text(std::string& text);

// The invite gate over all items of the request: the first that has no consent, with the decision that says why.
struct Missing {
    std::string type;
    policies::Decision decision;
};
std::optional<Missing> missing_consent(
    storage::Connection& connection,
    const policies::CaseType& rules,
    const storage::core::Party& party,
    const storage::core::Request& request,
    policies::Instant now
);

// Notes the refusal in the audit log, and gives it as an answer.
Refusal deny(
    storage::Connection& connection,
    const DeskTools& tools,
    const storage::core::StaffMember& actor,
    const storage::core::Party& party,
    const Missing& missing,
    policies::Instant now
);

}  // namespace gateway::core::desk
