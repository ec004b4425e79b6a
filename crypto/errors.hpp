// What can be wrong with bytes. The values of the age classes are the exit codes of `sluis age`.
#pragma once

#include <boost/system/error_code.hpp>

namespace crypto {

enum class Errc {
    no_match = 3,    // well-formed, but for none of these identities (or a wrong passphrase)
    header_mac = 4,  // the header was changed after it was written
    header = 5,      // the header breaks the grammar, or a known stanza is malformed
    payload = 6,     // a chunk does not authenticate, is missing, or bytes follow the last one
    armor = 7,
    limit = 8,       // larger than we accept: header bytes, stanzas, scrypt work
    io = 9,
    encoding = 10,   // hex, base64 or Bech32 that is not canonical
    signature = 11,  // a signed note without a good signature of a known key
    proof = 12,      // a Merkle proof that does not lead to the root
    format = 13,     // checkpoint, proof, manifest or key text that does not parse
    seal = 14,       // an envelope whose tag does not fit
    unsupported = 15,  // post-quantum, and this OpenSSL is older than 3.5
};

const boost::system::error_category& category() noexcept;
boost::system::error_code make_error_code(Errc error) noexcept;

}  // namespace crypto

template <>
struct boost::system::is_error_code_enum<crypto::Errc> : std::true_type {};
