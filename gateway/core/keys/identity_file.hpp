// Writing the file that holds the key-encryption identities. Readers see the old file or the new one, never a half.
#pragma once

#include "gateway/core/keyring.hpp"

namespace gateway::core::keys {

// Over the file that is there, for the owner alone; under the passphrase when there is one. Errors: io, and those of read_passphrase.
crypto::Result<void>
write_identities(const KeyFiles& files, std::span<const crypto::open::X25519Identity> identities, crypto::Random& random);

}  // namespace gateway::core::keys
