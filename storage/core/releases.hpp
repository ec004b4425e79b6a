// Documents that were released to the reader of a grant, for a time. A row holds the age header for that reader, made when the release was
// (so that a repeated push is the same file, byte for byte); the payload stays in the case store. The release publisher works off the
// rows: first what is to be taken back from the edge, then what it does not have yet. A withdrawn release loses its header.
#pragma once

#include "crypto/digest.hpp"
#include "policies/ids.hpp"
#include "policies/instant.hpp"
#include "storage/connection.hpp"

namespace storage::core {

struct Release {
    policies::ReleaseId id;
    policies::DocumentId document;
    policies::GrantId grant;
    policies::DossierId dossier;
    policies::StaffId made_by;
    policies::Instant made_at;
    policies::Instant expires_at;
    std::string header;  // age, for the reader; "" once withdrawn
    std::optional<policies::Instant> withdrawn_at;
    enum class Edge { unknown, has, gone } edge = Edge::unknown;  // unknown: it may have it, nobody was told
};

class Releases final {
public:
    static void add(Connection& connection, const Release& release);
    static std::optional<Release> find(Connection& connection, const policies::ReleaseId& id);
    static std::vector<Release> of_dossier(Connection& connection, const policies::DossierId& dossier);  // newest first
    static std::uint64_t count_of_grant(Connection& connection, const policies::GrantId& grant, policies::Instant now);  // live ones

    static bool withdraw(Connection& connection, const policies::ReleaseId& id, policies::Instant now);  // false: it was already
    static void withdraw_all(Connection& connection, const policies::DossierId& dossier, policies::Instant now);

    // To be pushed: live, of an open dossier, and not told to be at the edge. To be taken back: withdrawn, or of a closed dossier.
    static std::vector<Release> to_push(Connection& connection, policies::Instant now, std::size_t count_max);
    static std::vector<Release> to_take_back(Connection& connection, std::size_t count_max);
    static void at_edge(Connection& connection, const policies::ReleaseId& id, Release::Edge edge);
};

}  // namespace storage::core
