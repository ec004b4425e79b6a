// What staff order at the desk, and what they get: values only. Nothing of an order is checked yet; the desk does that.
#pragma once

#include "storage/core/grant_machines.hpp"
#include "storage/core/grants.hpp"
#include "storage/core/requests.hpp"

namespace gateway::core {

struct NewDossier {
    std::string case_type;
    std::string case_number;
    std::string subject;
    std::optional<std::string> advising_doctor;  // user
};

struct NewParty {
    std::string role, name, mail;
};

struct NewConsent {
    std::string kind;  // of domain.md ("secrecy-release"), or the id of the case type's consent
    policies::PartyId party;
    std::string evidence, note;
    policies::Instant from, until;
};

struct WantedItem {
    std::string type;
    bool required = true;
};

struct NewRequest {
    policies::PartyId party;
    std::vector<WantedItem> items;
    policies::Instant deadline;
    std::string message;
    std::string language;  // nl, fr, de, en
};

struct MadeRequest {
    policies::RequestId request;
    policies::GrantId grant;
};

struct NewCredential {
    std::string label;
    std::vector<std::string> items;  // document types of the request
    policies::Instant expires_at;
};

// Its link is here and nowhere else, so it can be shown once.
struct MadeCredential {
    policies::GrantId id;
    std::string label;
    std::vector<std::string> items;
    policies::Instant expires_at;  // as wanted, or earlier with a consent
    crypto::SecretBytes link;  // "https://HOST/u#GRANT.SECRET"
};

struct NewRelease {
    policies::RequestId request;  // whose party is to read it
    policies::Instant expires_at;
};

struct MadeRelease {
    policies::ReleaseId release;
    policies::Instant expires_at;  // earlier than wanted when the consent it rests on ends before
};

using Machine = storage::core::Machine;  // an OAuth client, or a certificate

}  // namespace gateway::core
