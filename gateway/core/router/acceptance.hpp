// One entry of the edge's log, parsed: an accepted upload, or something core has nothing to do for. Sans I/O. The bytes are the edge's
// word, signed; a taken-over edge can sign nonsense, so nothing here is believed to belong to us before the ledger has looked.
#pragma once

#include "crypto/digest.hpp"
#include "policies/ids.hpp"
#include "policies/instant.hpp"

#include <optional>
#include <string>

namespace gateway::core::router {

struct Acceptance {
    policies::UploadId upload;
    policies::GrantId grant;
    policies::ItemId item;
    std::uint64_t size = 0;    // ciphertext bytes
    crypto::Digest sha256;     // of the ciphertext
    crypto::Digest manifest;   // SHA-256 of the manifest's ciphertext
    crypto::Digest mac;
    policies::Instant at;
};

struct LogEntry {
    enum class Kind { acceptance, other, malformed } kind = Kind::malformed;
    std::optional<Acceptance> acceptance;  // with Kind::acceptance
};

// `log` and `index`: what the entry must say about itself. Other acts are not looked into further.
LogEntry parse_log_entry(crypto::ByteView entry, std::string_view log, std::uint64_t index);

}  // namespace gateway::core::router
