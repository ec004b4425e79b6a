// API credentials: which parties may hold one, and how one stands. A credential is a grant whose link was shown once instead of mailed.
// Pure: facts and the time come from the caller.
#pragma once

#include "policies/case_type.hpp"
#include "policies/states.hpp"

namespace policies {

// Contractors that hand in documents, and whom no way in asks for a one-time code: a program could not answer it.
bool may_hold_credential(const PartyRole& role) noexcept;

// *expiring*: it is being replaced and works until its end. *revoked*: taken back, or stopped with a consent or with the dossier's keys.
enum class CredentialState { active, expiring, expired, revoked };
std::string_view text_of(CredentialState state) noexcept;

struct CredentialFacts {
    GrantState grant = GrantState::open;
    Instant expires_at;  // of the grant
    bool replaced = false;
    bool revoked = false;
};
CredentialState credential_state(const CredentialFacts& facts, Instant now) noexcept;

constexpr bool is_in_use(CredentialState state) noexcept {
    return state == CredentialState::active || state == CredentialState::expiring;
}

}  // namespace policies
