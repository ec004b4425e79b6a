// What we read of RFC 9651 structured fields: Items that are an integer or a boolean, and digest dictionaries (RFC 9530). Pure. A field
// that is not what it should be counts as absent, as the protocols that use them say; a field that is there twice is no Item either.
#pragma once

#include "crypto/checksum.hpp"
#include "gateway/http/request.hpp"

namespace gateway::edge::protocol {

std::optional<std::uint64_t> parse_sf_integer(std::string_view text) noexcept;  // not negative: up to 999'999'999'999'999
std::optional<bool> parse_sf_boolean(std::string_view text) noexcept;  // "?0", "?1"

struct Expected {
    crypto::ChecksumAlgorithm algorithm;
    crypto::Bytes value;  // as many bytes as the algorithm has
};
// "sha-256=:…:, sha-512=:…:". Algorithms we do not know are passed over. Nothing when the field is malformed, or a value has a wrong size.
std::optional<std::vector<Expected>> parse_digests(std::string_view text);
std::string digest_text(const Expected& digest);  // "sha-256=:…:"

}  // namespace gateway::edge::protocol
