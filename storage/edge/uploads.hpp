// The ledger of uploads: each verb is one step of the state machine, checks the grant again, and appends its log entry in the caller's
// transaction. Bytes are the vault's; the order is: bytes synced, then the row. Errors: not_found (no such upload, or no such item),
// refused (the grant does not permit it), conflict (the state or offset has moved on), too_large.
#pragma once

#include "storage/edge/posting.hpp"
#include "storage/edge/upload.hpp"
#include "storage/merkle_log.hpp"

namespace storage::edge {

// Rows one grant may leave behind, aborted ones too: what a stolen link can make the edge keep.
constexpr std::uint64_t rows_per_grant_max = 10'000;

// An unfinished upload in which nothing has arrived for so long: makes room for a new one of its grant when a limit is reached; has no
// claim on the disk any more; is aborted. Microseconds, all well above the time between two commits of a slow sender.
constexpr std::int64_t gives_way_after = 30 * policies::one_second;
constexpr std::int64_t promise_lapses_after = 600 * policies::one_second;
constexpr std::int64_t expires_after = policies::one_day;
constexpr std::int64_t waits_for_its_seal = 7 * policies::one_day;  // when all bytes are there

policies::Instant expiry_of(const Upload& upload) noexcept;  // of one that is receiving

class Uploads final {
public:
    explicit Uploads(MerkleLog& log) : log_(log) {}

    // May the upload go on under this posting: open, not expired, same consent epoch, within the sizes.
    static bool permits(const Posting& posting, const Upload& upload, policies::Instant now) noexcept;

    struct New {
        policies::UploadId id;
        policies::GrantId grant;
        std::optional<policies::ItemId> item;  // may be left out when the grant has one item
        std::optional<std::uint64_t> length;   // without it: said later, and as much is reserved as the grant may send
        std::uint64_t room = 0;                // free bytes on the disk beside the reserve; full when what is owed takes them
        std::string metadata;
        Protocol protocol = Protocol::tus;
        std::string repr_digest;
    };
    // Whether a creation has any chance, before its body is read: as create, but that limits may still be reached.
    Result<void> expect_wanted(Connection& connection, const New& wanted, policies::Instant now) const;

    struct Created {
        Upload upload;
        std::vector<policies::UploadId> displaced;  // idle ones of the same grant, aborted to make room: their files are to be deleted
    };
    Result<Created> create(Connection& connection, const New& wanted, policies::Instant now);

    // The gate a chunk passes, before it is read and at least each second after.
    Result<Upload> check(Connection& connection, const policies::UploadId& id, policies::Instant now) const;

    struct Progress {
        std::uint64_t from = 0;  // conflict when the row says another offset
        std::uint64_t to = 0;    // bytes below it are synced
        bool looked_at = false;
        std::optional<std::uint64_t> length;  // said in this request; conflict when another one was said before
        bool complete = false;
    };
    Result<Upload> advance(Connection& connection, const policies::UploadId& id, const Progress& progress, policies::Instant now);

    struct Sealed {
        std::uint64_t index = 0;
        bool again = false;  // it was sealed before, with the same values
    };
    // Whatever the metadata said besides the item is forgotten. conflict: sealed with other values, not all bytes there, header not looked
    // at, or aborted.
    Result<Sealed> seal(Connection& connection, const policies::UploadId& id, const Seal& seal, policies::Instant now);

    // Aborted already is fine; conflict when it is sealed or taken.
    Result<void> abort(Connection& connection, const policies::UploadId& id, AbortReason reason, policies::Instant now);

    enum class Ciphertext { keep, remove };
    enum class Place { used, free };  // free: the file counts no longer, another one may be handed in instead
    // True when the upload is taken, by this call or before: its file is to be deleted. An older or equal version changes nothing.
    Result<bool> publish_outcome(
        Connection& connection,
        const policies::UploadId& id,
        const Outcome& outcome,
        Ciphertext ciphertext,
        Place place,
        policies::Instant now
    );

    std::optional<Upload> find(Connection& connection, const policies::UploadId& id) const;
    std::optional<Seal> seal_of(Connection& connection, const policies::UploadId& id) const;  // nothing before sealed and after taken
    std::vector<Upload>
    list_of_grant(Connection& connection, const policies::GrantId& grant, std::uint64_t count_max) const;  // newest first
    std::vector<Upload> receiving_of_grant(Connection& connection, const policies::GrantId& grant) const;
    std::vector<Upload> receiving(Connection& connection) const;
    std::vector<Upload> expired(Connection& connection, policies::Instant now) const;  // receiving, and idle or no longer permitted
    std::vector<Upload> sealed(Connection& connection) const;
    std::uint64_t bytes_owed(Connection& connection, policies::Instant now) const;  // announced, not arrived, and not lapsed
    std::uint64_t count_sealed(Connection& connection) const;

private:
    Result<std::vector<policies::UploadId>>
    make_place(Connection& connection, const Posting& posting, const Item& item, std::uint64_t size, policies::Instant now);
    std::uint64_t count_of_grant(Connection& connection, const policies::GrantId& grant) const;
    std::vector<Upload> idle_of_grant(Connection& connection, const policies::GrantId& grant, policies::Instant now) const;
    MerkleLog& log_;
};

}  // namespace storage::edge
