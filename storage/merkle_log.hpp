// A tamper-evident log inside a database: entries, tiles and signed checkpoints in three tables (log_schema), appended in the caller's
// transaction. Both programs keep one: the edge's log of what it accepted, and core's audit log. An entry is canonical JSON (sorted
// keys, no spaces, integers and strings only): {"act":…,"log":origin,"seq":n,"ts":RFC 3339,"v":1, …fields}.
// Values that are personal or guessable go in `committed`: the leaf holds "_sd", the sorted base64url SHA-256 of salted disclosures
// (RFC 9901), and the disclosures stand in a table of their own, so that they can be erased while every proof stays good.
#pragma once

#include "crypto/receipt.hpp"
#include "policies/instant.hpp"
#include "storage/connection.hpp"

#include <map>
#include <variant>

namespace storage {

extern const char* const log_schema;  // tables log_entry, log_tile, log_checkpoint, log_disclosure

struct Entry {
    std::string act;  // dotted verb: "upload.sealed", "document.filed"
    std::map<std::string, std::variant<std::string, std::int64_t>> fields;
    std::map<std::string, std::string> committed;
};

class MerkleLog {
public:
    MerkleLog(crypto::NoteSigner signer, crypto::Random& random);  // the signer's name is the log's origin

    const std::string& origin() const;
    const crypto::NoteVerifier& verifier() const;

    // In the writer's transaction. Gives the entry's index; leaves never go over 4 KiB (ensure).
    std::uint64_t append(Connection& connection, const Entry& entry, policies::Instant now);
    void end_batch(Connection& connection);  // signs the checkpoint; hang it on Database::at_end_of_batch

    // On any connection, after the commit. not_found for an index the log does not have.
    Result<crypto::Receipt> receipt(Connection& connection, std::uint64_t index) const;
    Result<std::string> checkpoint(Connection& connection) const;  // the newest signed note
    // The same, or when the log is larger than `size_max` a note about it as it was at that size: for a witness that was away for long
    // and reads up in steps.
    Result<std::string> checkpoint_up_to(Connection& connection, std::uint64_t size_max) const;
    std::vector<crypto::Bytes> entries(Connection& connection, std::uint64_t from, std::size_t count_max) const;
    std::vector<std::string> disclosures(Connection& connection, std::uint64_t index) const;  // base64url texts

    // Recomputes every hash from the entries and compares tiles, root and signature. Errc::damaged says the log was altered.
    Result<std::uint64_t> verify(Connection& connection) const;

private:
    void follow(Connection& connection, std::uint64_t size);  // makes frontier_ that of the table
    crypto::NoteSigner signer_;
    crypto::Random& random_;
    std::optional<crypto::merkle::Frontier> frontier_;  // of the last commit; read again after a rollback
};

}  // namespace storage
