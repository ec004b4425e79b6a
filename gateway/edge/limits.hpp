// The edge's own limits, with unit and reason; those of every connection are in gateway/limits.hpp. What a grant may is in its posting.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace gateway::edge::limits {

constexpr std::uint64_t file_bytes_max = 64ULL << 30U;      // Tus-Max-Size: above what any posting may allow
constexpr std::uint64_t manifest_bytes_max = 64ULL << 10U;  // sealed manifest: 16 KiB of JSON and a header at most
constexpr std::size_t seal_body_max = 96ULL << 10U;         // the manifest in base64, and two digests
constexpr std::size_t posting_body_max = 1ULL << 20U;
constexpr std::size_t outcome_body_max = 256ULL << 10U;
constexpr std::size_t release_description_max = 8ULL << 10U;  // sealed: a name of 1 KiB and a few digests, well within a header block
constexpr std::chrono::seconds release_check_pause{1};       // a running download asks so often whether it still may
constexpr std::uint64_t envelope_bytes_max = 256ULL << 10U;
constexpr std::size_t items_per_posting_max = 256;
constexpr std::size_t machines_per_posting_max = 64;        // clients, and as many certificates
constexpr std::size_t issuers_max = 16;
constexpr std::size_t issuers_body_max = 1ULL << 20U;
constexpr std::size_t machine_connections = 256;            // of the listener for machines; the public one has as many fewer
constexpr std::uint64_t uploads_listed_max = 500;           // newest first, in one posting answer
constexpr std::size_t log_entries_per_answer = 256;
constexpr std::uint64_t log_entries_per_checkpoint = 1ULL << 16U;  // what a core that was away takes in at once; it holds them in memory

constexpr std::size_t piece_bytes = 256ULL << 10U;          // of a body, in memory at once
constexpr std::uint64_t commit_bytes = 8ULL << 20U;         // at most so much is sent again after a crash
constexpr std::chrono::seconds commit_pause{1};             // the same for a slow sender
constexpr std::chrono::milliseconds stall_pause{100};       // then what came goes to the disk and its memory is free
constexpr std::chrono::seconds check_pause{1};              // the grant is asked again at least so often
constexpr std::chrono::seconds takeover{5};                 // for an older request on the same upload to end
constexpr std::chrono::minutes sweep_pause{10};             // between two looks for uploads whose grant has run out
constexpr std::chrono::seconds release_sweep_pause{15};     // the same for files of releases that have expired
constexpr std::size_t pool_threads = 16;                    // they wait for the disk: as many syncs share one journal commit
constexpr std::uint64_t quick_hash_max = 32ULL << 20U;      // a tenth of a second; a larger file is hashed by threads of its own
constexpr std::size_t hashing_threads = 2;

}  // namespace gateway::edge::limits
