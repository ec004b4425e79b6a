// What can be said about an age file without any key: the gatekeeper's view. Used by the edge on every upload.
#pragma once

#include "crypto/age/stream.hpp"

namespace crypto::age {

struct Inspection {
    std::vector<std::string> types;  // of the stanzas, in order; grease included
    std::size_t header_size = 0;
};
// Errc::header when a stanza of a known type is malformed (X25519: one argument of 32 bytes, body 32 bytes; scrypt: alone, …).
Result<Inspection> inspect(const Header& header);
// The same for one stanza of a header with `stanzas` of them; types we do not know pass.
Result<void> check_stanza(const Stanza& stanza, std::size_t stanzas);

// Is this a file an uploader may hand in: X25519 stanzas only, one at least? Errc::no_match otherwise. "…-grease" stanzas, which
// rage adds for nobody to open, do not count.
Result<void> expect_x25519_only(const Header& header);

// Does a whole file of `total` bytes with this header have a size that some plaintext has? Gives the plaintext's. Errc::payload.
Result<std::uint64_t> plain_size_of(const Header& header, std::uint64_t total);

}  // namespace crypto::age
