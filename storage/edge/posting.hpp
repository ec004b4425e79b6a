// What core publishes about a grant, as the edge keeps it. Values only; see gateway/README.md for their form on the wire.
#pragma once

#include "crypto/digest.hpp"
#include "policies/ids.hpp"
#include "policies/instant.hpp"
#include "storage/machines.hpp"

namespace storage::edge {

enum class GrantState { open, paused, withdrawn, closed };
std::string_view text_of(GrantState state) noexcept;
std::optional<GrantState> grant_state_of(std::string_view text) noexcept;

struct Limits {
    std::uint64_t file_bytes_max = 0;
    std::uint64_t files_max = 0;         // of the grant: receiving, sealed and taken, without those that core asks for anew
    std::uint64_t bytes_max = 0;         // of the same files together, as announced
    std::uint64_t open_uploads_max = 0;  // receiving at a time
};

struct Item {
    policies::ItemId code;
    std::uint64_t file_bytes_max = 0;
    std::uint64_t files_max = 0;  // as in Limits, of this item
};

struct Posting {
    policies::GrantId grant;
    std::uint64_t version = 0;
    crypto::Digest token_hash;  // SHA-256 of the access token
    GrantState state = GrantState::closed;
    std::uint64_t epoch = 0;  // of consent: an upload begun under a lower one is refused
    policies::Instant expires_at;
    crypto::Digest policy;  // SHA-256 of the case type file
    crypto::Bytes envelope;
    Limits limits;
    std::vector<Item> items;
    Machines machines;  // that may speak for it, besides whoever has the token
};

}  // namespace storage::edge
