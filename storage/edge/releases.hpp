// The ledger of releases on the edge: age files that core re-wrapped for one grant's reader, until a time. Ids, sizes, hashes and
// ciphertext only; the file's bytes are the vault's, under `file`. Order: bytes synced, then the row; row gone, then the bytes.
// Verbs take the caller's connection; each change appends its log entry there. Errors: not_found, refused (withdrawn before, or a grant
// that is not there), conflict (the id stands for another content).
#pragma once

#include "crypto/digest.hpp"
#include "policies/ids.hpp"
#include "policies/instant.hpp"
#include "storage/merkle_log.hpp"

namespace storage::edge {

constexpr std::uint64_t releases_listed_max = 1'000;  // of a grant, newest first; core gives a grant no more

struct Release {
    policies::ReleaseId id;
    policies::GrantId grant;
    std::uint64_t size = 0;     // of the age file
    crypto::Digest sha256;      // of the age file
    crypto::Bytes description;  // ciphertext for the reader, sealed like an outcome
    policies::Instant expires_at;
    std::string file;  // in the vault of releases
    bool read = false;  // it has been fetched before, and the log says so
};

class Releases final {
public:
    explicit Releases(MerkleLog& log) : log_(log) {}

    enum class Kept { taken, known };  // known: it was there already, and the file that came now is to be deleted
    Result<Kept> put(Connection& connection, const Release& release, policies::Instant now);

    // The name of the file that is to be deleted; "" when there was none. From then on the id is never taken again.
    std::string withdraw(Connection& connection, const policies::ReleaseId& id, policies::Instant now);
    std::vector<std::string> end_expired(Connection& connection, policies::Instant now);  // names of the files to be deleted

    std::optional<Release> find(Connection& connection, const policies::ReleaseId& id) const;
    bool was_withdrawn(Connection& connection, const policies::ReleaseId& id) const;
    // What the grant may read now: not expired, and its posting not withdrawn.
    std::optional<Release>
    find_for(Connection& connection, const policies::ReleaseId& id, const policies::GrantId& grant, policies::Instant now) const;
    std::vector<Release> list_for(Connection& connection, const policies::GrantId& grant, policies::Instant now) const;
    std::vector<Release> all(Connection& connection) const;

    void first_read(Connection& connection, const policies::ReleaseId& id, policies::Instant now);  // a second time changes nothing

private:
    MerkleLog& log_;
};

}  // namespace storage::edge
