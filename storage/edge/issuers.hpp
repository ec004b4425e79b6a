// Whose access tokens the edge believes: issuers that core has pinned, with the audience that is us and their public keys. Core sends the
// whole set and knows it best; nothing here is fetched. Verbs take the caller's connection, as in postings.hpp.
#pragma once

#include "crypto/jws.hpp"
#include "storage/merkle_log.hpp"

namespace storage::edge {

struct Issuer {
    std::string issuer;    // as `iss` says it, to the letter
    std::string audience;  // what `aud` must contain
    std::vector<crypto::jws::PublicKey> keys;
};

class Issuers final {
public:
    explicit Issuers(MerkleLog& log) : log_(log) {}

    // The set from now on. Gives false, and nothing happens, when it was that already. `digest`: SHA-256 of the set as core said it, for
    // the log and for telling two sets apart.
    bool replace(Connection& connection, const std::vector<Issuer>& issuers, const crypto::Digest& digest, policies::Instant now);

    std::optional<Issuer> find(Connection& connection, std::string_view issuer) const;

private:
    MerkleLog& log_;
};

}  // namespace storage::edge
