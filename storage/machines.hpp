// Machines that speak for a grant, besides whoever has its link: OAuth 2 clients of a pinned issuer, and client certificates. Core keeps
// a client by its names; the edge, which knows no names, is told its digest alone. Values; pure.
#pragma once

#include "crypto/digest.hpp"

#include <vector>

namespace storage {

struct OAuthClient {
    std::string issuer;  // as `iss` says it
    std::string client;  // as `client_id` says it
    friend auto operator<=>(const OAuthClient&, const OAuthClient&) = default;
};

// SHA-256 of "sluis/v1/client", issuer and client id, a line each. Neither has a line break: whoever parses them sees to that.
crypto::Digest digest_of(const OAuthClient& client);

// By digest: of clients as above, of certificates SHA-256 of the DER.
struct Machines {
    std::vector<crypto::Digest> clients;
    std::vector<crypto::Digest> certificates;
    friend bool operator==(const Machines&, const Machines&) = default;
};

}  // namespace storage
