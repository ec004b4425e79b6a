// What the kinds of identities have in common: the text of a secret, the lines of its file, the opening of a wrapped file key.
#pragma once

#include "crypto/age/wrap.hpp"

#include <functional>
#include <span>

namespace crypto::open {

// "AGE-SECRET-KEY-1…" and its like: Bech32 in upper case over 32 bytes. `prefix` is in lower case. Errors: encoding, format.
Result<Secret<32>> parse_secret(std::string_view prefix, std::string_view text);
SecretBytes format_secret(std::string_view prefix, const Secret<32>& secret);

// The lines of an identity file that are neither empty nor comments, until `take` refuses one. Errc::format when there is none.
Result<void> each_key_line(std::string_view text, const std::function<Result<void>(std::string_view line)>& take);

// Errc::no_match when it does not authenticate. The caller checked the size: 32 bytes.
Result<age::FileKey> unwrap_file_key(const Secret<32>& wrapping_key, ByteView wrapped, const age::WrapNonce& nonce = {});

}  // namespace crypto::open
