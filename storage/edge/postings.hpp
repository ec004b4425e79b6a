// The ledger of postings. Verbs take the caller's connection, so that several of them share one transaction; each change appends its log
// entry there. Any thread that holds the connection. Failures of SQLite are thrown and become an Errc at Database.
#pragma once

#include "storage/edge/posting.hpp"
#include "storage/merkle_log.hpp"

namespace storage::edge {

class Postings final {
public:
    explicit Postings(MerkleLog& log) : log_(log) {}

    struct Change {
        bool changed = false;                     // false: this version was there
        std::vector<policies::UploadId> aborted;  // unfinished uploads that may no longer go on; their files are to be deleted
    };
    // conflict: a newer version is there, or another grant has this access token.
    Result<Change> put(Connection& connection, const Posting& posting, policies::Instant now);

    std::optional<Posting> find(Connection& connection, const policies::GrantId& grant) const;
    std::optional<policies::GrantId> find_by_token(Connection& connection, const crypto::Digest& token_hash) const;
    // The grants a machine may speak for, oldest id first.
    struct Spoken {
        policies::GrantId grant;
        bool open = false;  // takes uploads now
    };
    enum class MachineKind { client, certificate };
    std::vector<Spoken>
    find_by_machine(Connection& connection, MachineKind kind, const crypto::Digest& digest, policies::Instant now) const;
    std::uint64_t count(Connection& connection) const;

private:
    MerkleLog& log_;
};

}  // namespace storage::edge
