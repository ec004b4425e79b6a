// tus 1.0.0, the grammar: header fields into requests, and what answers carry. Pure: no store, no socket. It believes nothing: an integer
// is ^[0-9]+$ up to 2^63 - 1, and a field that is there twice is refused. Extensions: creation, creation-with-upload,
// creation-defer-length, checksum, expiration, termination. No concatenation: two age files one behind the other are none.
#pragma once

#include "gateway/edge/answer.hpp"
#include "gateway/edge/protocol/upload_request.hpp"

namespace gateway::edge::protocol::tus {

constexpr std::string_view version = "1.0.0";
constexpr std::string_view extensions = "creation,creation-with-upload,creation-defer-length,checksum,expiration,termination";
constexpr std::string_view checksum_algorithms = "sha1,sha256,sha512";
constexpr std::string_view media_type = "application/offset+octet-stream";

std::optional<std::uint64_t> parse_integer(std::string_view text) noexcept;

// Keys are unique and may be anything; of their values only `item` and `grant` mean something here, and must be ids of ours.
struct Metadata {
    std::optional<policies::ItemId> item;
    std::optional<policies::GrantId> grant;
};
std::optional<Metadata> parse_metadata(std::string_view text);

// Upload-Metadata into a creation, for every protocol: false when it is malformed. Absent is fine.
bool read_metadata(const http::Request& request, Creation& creation);

Answer<Creation> parse_creation(const http::Request& request);
Answer<Append> parse_append(const http::Request& request);
// Upload-Checksum of the body, when there is one.
Answer<std::vector<Expected>> parse_checksum(const http::Request& request);

void announce(http::Response& response);  // OPTIONS
void tell_state(http::Response& response, const storage::edge::Upload& upload);  // HEAD
// Offset, and when the upload ends if nothing more comes. Complete ones carry no Upload-Expires.
void tell_offset(http::Response& response, const storage::edge::Upload& upload);

}  // namespace gateway::edge::protocol::tus
