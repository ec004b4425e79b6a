// Makes an upload: its file, then its row. A small one whose body came at once is written and acknowledged in one go, with one sync of
// file and folder and one commit. All of it blocks: on the pool.
#pragma once

#include "gateway/edge/authentication.hpp"
#include "gateway/edge/protocol/resumable.hpp"
#include "gateway/edge/services.hpp"

namespace gateway::edge {

struct NewUpload {
    const Credentials& credentials;
    storage::edge::Protocol protocol;
    const protocol::resumable::First& first;
};

using Created = storage::edge::Uploads::Created;

// Small enough to be held in memory until all of it is here, and of a length that is known.
bool may_come_whole(const protocol::resumable::First& first) noexcept;

// Before a body is read: unauthorized, forbidden, invalid, too_large, no_space.
Answer<void> expect_wanted(Services& services, const NewUpload& wanted);
// An empty upload. As above.
Answer<Created> create_upload(Services& services, const NewUpload& wanted);
// With its first bytes, which are all that the request brings. Besides: not_encrypted, inconsistent_length, checksum_mismatch,
// digest_mismatch; then nothing was made.
Answer<Created> create_whole(Services& services, const NewUpload& wanted, crypto::ByteView body);

}  // namespace gateway::edge
