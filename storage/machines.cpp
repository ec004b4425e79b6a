#include "storage/machines.hpp"

namespace storage {

crypto::Digest digest_of(const OAuthClient& client) {
    return crypto::sha256(crypto::as_bytes("sluis/v1/client\n" + client.issuer + "\n" + client.client + "\n"));
}

}  // namespace storage
