// What core made of a sealed upload. The upload id is unique: a document is accepted once, however often its leaf is read. Moves go
// through the states of domain.md; a move from another state than the one it is in is Errc::conflict, and the caller looks again.
// Every verdict raises outcome_version; the publisher tells the edge and then says so with outcome_published(…).
#pragma once

#include "crypto/digest.hpp"
#include "policies/ids.hpp"
#include "policies/instant.hpp"
#include "policies/states.hpp"
#include "storage/connection.hpp"

namespace storage::core {

// From the edge's leaf, as witnessed. Grant and item are the caller's to check (the item belongs to the grant's request).
struct AcceptedUpload {
    policies::DocumentId document;  // made before; ignored when the upload is known
    policies::UploadId upload;
    policies::GrantId grant;
    policies::ItemId item;
    std::uint64_t edge_index = 0;
    std::uint64_t cipher_size = 0;
    crypto::Digest cipher_sha256;
    crypto::Digest manifest_sha256;
    crypto::Digest mac;
    policies::Instant accepted_at;  // the leaf's time
};

// From the manifest, and where it is going: known when filing starts.
struct Filing {
    std::string name;
    std::string media_type;
    std::uint64_t plain_size = 0;
    crypto::Digest plain_sha256;
    policies::CompartmentId compartment;
    std::string store_name;                      // in the case store
    std::optional<policies::ConsentId> consent;  // that permitted it, when one was needed
    std::uint64_t epoch = 0;
};

struct Document {
    policies::DocumentId id;
    policies::UploadId upload;
    policies::GrantId grant;
    policies::ItemId item;
    policies::RequestId request;
    policies::DossierId dossier;
    std::uint64_t edge_index = 0;
    policies::DocumentState state = policies::DocumentState::accepted;
    std::string reason;  // code, "" while there is none
    std::uint64_t cipher_size = 0;
    crypto::Digest cipher_sha256, manifest_sha256, mac;
    policies::Instant accepted_at;
    std::optional<policies::Instant> decided_at;
    std::optional<Filing> filing;             // from `filing` on
    std::optional<std::uint64_t> log_index;   // of `document.filed` in the audit log
    std::uint64_t outcome_version = 0, outcome_published = 0;
};

class Documents final {
public:
    // Gives the document of this upload, new or known. Errc::not_found when grant or item is not ours, refused when they do not fit.
    static Result<policies::DocumentId> accept(Connection& connection, const AcceptedUpload& upload);
    static std::optional<Document> find(Connection& connection, const policies::DocumentId& id);
    static std::optional<Document> find_upload(Connection& connection, const policies::UploadId& id);
    struct Sizes {  // of ciphertext
        std::uint64_t from = 0, below = INT64_MAX;
    };
    // accepted, checking, filing; oldest leaf first
    static std::vector<Document> underway(Connection& connection, Sizes sizes, std::size_t count_max);
    static std::vector<Document> of_dossier(Connection& connection, const policies::DossierId& dossier);
    static std::vector<Document> of_item(Connection& connection, const policies::ItemId& item);  // by whichever grant
    struct Amount {
        std::uint64_t files = 0;
        std::uint64_t bytes = 0;  // of plaintext
    };
    static Amount filed_in(Connection& connection, const policies::DossierId& dossier);

    static Result<void> start_checking(Connection& connection, const policies::DocumentId& id);  // accepted → checking
    static Result<void> start_filing(Connection& connection, const policies::DocumentId& id, const Filing& filing);  // checking → filing
    static Result<void> file(Connection& connection, const policies::DocumentId& id, std::uint64_t log_index, policies::Instant now);
    // quarantined, redo, refused or withdrawn, from any state that is not final.
    static Result<void> decide(
        Connection& connection,
        const policies::DocumentId& id,
        policies::DocumentState verdict,
        std::string_view reason,
        policies::Instant now
    );

    static std::vector<Document> untold(Connection& connection, std::size_t count_max);  // outcome_published < outcome_version
    static void outcome_published(Connection& connection, const policies::DocumentId& id, std::uint64_t version);
};

}  // namespace storage::core
