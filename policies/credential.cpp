#include "policies/credential.hpp"

namespace policies {

bool may_hold_credential(const PartyRole& role) noexcept {
    return role.external && role.may_upload && role.kind == "contractor" && !role.code_asked;
}

std::string_view text_of(CredentialState state) noexcept {
    switch (state) {
    case CredentialState::active:
        return "active";
    case CredentialState::expiring:
        return "expiring";
    case CredentialState::expired:
        return "expired";
    case CredentialState::revoked:
        return "revoked";
    }
    return {};
}

CredentialState credential_state(const CredentialFacts& facts, Instant now) noexcept {
    if (facts.revoked || facts.grant == GrantState::withdrawn) {
        return CredentialState::revoked;
    }
    if (facts.expires_at <= now) {
        return CredentialState::expired;
    }
    if (facts.grant == GrantState::closed) {
        return CredentialState::revoked;
    }
    return facts.replaced ? CredentialState::expiring : CredentialState::active;
}

}  // namespace policies
