// Who is told what about a verdict, as rows in the transaction of the verdict: the handler's inbox and mail, and the party's mail where
// the outcome asks for something. Mails hold the case number only (policies/disclosure.hpp has the words).
#pragma once

#include "crypto/random.hpp"
#include "gateway/core/surroundings.hpp"
#include "policies/instant.hpp"
#include "policies/states.hpp"

namespace gateway::core::router {

struct Sender {
    std::string_view console_url;
    std::string_view mail_host;
    crypto::Random& random;
};

// `state`: filed, redo, refused, quarantined or withdrawn.
void tell(
    storage::Connection& connection,
    const Surroundings& around,
    policies::DocumentState state,
    const Sender& sender,
    policies::Instant now
);

}  // namespace gateway::core::router
