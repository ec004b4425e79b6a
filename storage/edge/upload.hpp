// One transport object on the edge: receiving → sealed → taken, or receiving → aborted. Values only.
#pragma once

#include "crypto/digest.hpp"
#include "policies/ids.hpp"
#include "policies/instant.hpp"

namespace storage::edge {

enum class UploadState { receiving, sealed, taken, aborted };
std::string_view text_of(UploadState state) noexcept;

// The protocol an upload was created in answers a request that does not say which one it speaks.
enum class Protocol { tus, resumable };
std::string_view text_of(Protocol protocol) noexcept;

enum class AbortReason {
    by_uploader,
    not_permitted,  // the grant is no longer open, has expired, or asks a newer consent epoch
    not_encrypted,  // no age file for X25519 recipients
    damaged,        // bytes that do not fit their digest, or a size no age file has
    too_long,       // more bytes than its length
    lost,           // the file is shorter than the offset that was promised: the disk lied
    idle,           // nothing arrived in it for too long
};
std::string_view text_of(AbortReason reason) noexcept;

struct Outcome {
    std::uint64_t version = 0;
    crypto::Bytes sealed;  // ciphertext for the uploader
};

// What the uploader seals with: nothing of it is readable here.
struct Seal {
    crypto::Digest sha256;   // of the whole ciphertext
    crypto::Bytes mac;       // 32 bytes
    crypto::Bytes manifest;  // an age file
};

struct Upload {
    policies::UploadId id;
    policies::GrantId grant;
    policies::ItemId item;
    std::string metadata;  // as the uploader said it at creation; from the seal on nothing but the item
    Protocol protocol = Protocol::tus;
    UploadState state = UploadState::receiving;
    std::uint64_t size = 0;    // of the whole; while its length is not known, the most that may arrive
    bool length_known = true;
    std::uint64_t offset = 0;  // bytes that are on disk for certain
    bool complete = false;     // all of them are, and the uploader has said that these are all
    std::uint64_t epoch = 0;   // of the posting when it was begun
    policies::Instant created_at;
    policies::Instant touched_at;  // when bytes last arrived, or when it was created
    std::string repr_digest;   // Repr-Digest of the whole, as the uploader announced it; usually nothing
    bool looked_at = false;  // its age header is whole and good
    std::optional<std::uint64_t> log_index;  // of the acceptance leaf, from sealed on
    std::optional<Outcome> outcome;
};

}  // namespace storage::edge
