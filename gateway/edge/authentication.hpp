// Who asks: a grant by its access token, core by its certificate. A wrong, unknown or missing token is 401, the same for all; an upload of
// another grant is 404, the same as one that never was. Only the token's hash is looked for; the token itself goes no further.
// find_grant and find_own_upload read the database: on the pool. find_own goes there by itself.
#pragma once

#include "gateway/edge/answer.hpp"
#include "gateway/edge/services.hpp"

namespace gateway::edge {

// SHA-256 of the access token in `Authorization: Bearer`, or a value no grant has.
crypto::Digest token_hash_of(const http::Request& request);

Answer<policies::GrantId> find_grant(Services& services, const crypto::Digest& token_hash);
Answer<storage::edge::Upload> find_own_upload(Services& services, const crypto::Digest& token_hash, const std::string& id);

// The upload that the path's {id} names.
boost::asio::awaitable<Answer<storage::edge::Upload>> find_own(Services& services, http::Exchange& exchange);

// Besides the certificate authority, which the handshake has checked: this very certificate.
bool is_core(const Services& services, const http::Request& request) noexcept;

}  // namespace gateway::edge
