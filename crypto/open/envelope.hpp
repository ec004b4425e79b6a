// The other half of crypto/envelope.hpp. Errc::seal when key, grant, version or bytes do not fit together.
#pragma once

#include "crypto/envelope.hpp"

namespace crypto::open {

Result<Bytes> open_envelope(const Secret<32>& envelope_key, EnvelopeContext context, ByteView envelope);

}  // namespace crypto::open
