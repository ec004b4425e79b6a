// The two JSON texts that core seals for an uploader (../README.md, "Envelope" and "Outcome"), and the posting around the first one.
// Facts in, text out: pure, no rows, no keys, no clock. The texts are ours, so writing them cannot fail.
#pragma once

#include "gateway/core/surroundings.hpp"
#include "policies/case_type.hpp"
#include "storage/machines.hpp"

namespace gateway::core {

struct EnvelopeFacts {
    const Surroundings& around;
    const policies::CaseType& case_type;
    std::string_view organisation;
    std::string_view edge_url;
    std::string_view edge_log_vkey;
    std::string_view core_log_vkey;
    std::string asker_name, asker_phone, asker_mail;
    enum class Consent { given, not_needed, withdrawn } consent = Consent::not_needed;
    policies::Texts consent_statement;               // what the consent permits; empty when none is needed
    std::optional<policies::Instant> consent_since;  // of the record that permits
};
std::string format_envelope(const EnvelopeFacts& facts);

struct OutcomeFacts {
    policies::UploadId upload;
    policies::DocumentState state = policies::DocumentState::filed;  // a final one
    std::string code;                                               // "" when filed
    policies::Instant at;
    std::string receipt;                   // the filing receipt; "" for none
    std::vector<std::string> disclosures;  // base64url, as the audit log gives them
};
std::string format_outcome(const OutcomeFacts& facts);

// What a released document is; only its reader's device opens this. The hashes bind the file that the edge hands out to it.
struct ReleaseFacts {
    policies::ReleaseId release;
    const storage::core::Filing& filing;
    policies::Texts title;
    policies::Instant released_at;
    std::uint64_t size = 0;  // of the age file
    crypto::Digest sha256;   // of the age file
};
std::string format_release(const ReleaseFacts& facts);
constexpr std::uint64_t release_version = 1;  // of the sealed text: it never changes

// What the edge may know. Its limits are about ciphertext, and about what the edge holds at a time: what core has taken makes room, and
// how many documents an item may have in the end is core's to check.
struct PostingFacts {
    const storage::core::Grant& grant;
    const storage::core::Request& request;
    const policies::Limits& limits;
    crypto::Digest policy;
    crypto::ByteView sealed_envelope;
    storage::Machines machines;
};
std::string format_posting(const PostingFacts& facts);

// The largest ciphertext of a document with `plain` bytes; what the edge is told as a limit. Room for a header with grease.
std::uint64_t cipher_bytes_max(std::uint64_t plain) noexcept;

}  // namespace gateway::core
