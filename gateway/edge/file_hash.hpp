// Hashes of what has arrived, read from the disk. Blocking, for as long as the file is large: on a pool.
#pragma once

#include "crypto/digest.hpp"
#include "gateway/edge/protocol/structured_field.hpp"
#include "storage/edge/upload.hpp"
#include "storage/vault.hpp"

namespace gateway::edge {

// damaged: the file is not as long as the upload.
storage::Result<crypto::Digest> hash_file(const storage::Vault& vault, const storage::edge::Upload& upload);
// damaged: the whole file has not all of these digests.
storage::Result<void>
expect_digests(const storage::Vault& vault, const policies::UploadId& id, const std::vector<protocol::Expected>& digests);

}  // namespace gateway::edge
