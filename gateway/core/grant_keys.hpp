// What a grant's row keeps of its link's secret: the envelope key, under which core seals whatever only the link's holder may read.
#pragma once

#include "gateway/core/keyring.hpp"
#include "storage/core/grants.hpp"

namespace gateway::core {

// Of a link whose keys were destroyed: a new one that is forgotten at once, so that what is sealed under it nobody can read.
crypto::Result<crypto::Secret<32>> envelope_key(const storage::core::Grant& grant, const Keyring& keyring, crypto::Random& random);

}  // namespace gateway::core
