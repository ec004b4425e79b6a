// Resumable Uploads for HTTP (draft-ietf-httpbis-resumable-upload-12), the grammar: header fields into requests, and what answers carry.
// Pure. Interop versions 8 (that draft) and 6 (what phones have built in) are told by Upload-Draft-Interop-Version and get interim answers
// of status 104; without that field, as it will be once this is an RFC, they get none (draft, section "Draft Version Identification").
#pragma once

#include "gateway/edge/answer.hpp"
#include "gateway/edge/protocol/upload_request.hpp"

namespace gateway::edge::protocol::resumable {

constexpr std::string_view media_type = "application/partial-upload";

// What the first request of an upload says, and its own body.
struct First {
    Creation creation;
    Append body;
};
Answer<First> parse_creation(const http::Request& request);
Answer<Append> parse_append(const http::Request& request);
// Content-Digest of the body, when there is one.
Answer<std::vector<Expected>> parse_content_digest(const http::Request& request);
// Repr-Digest as it is kept: only digests that we can check, "" when there is none.
Answer<std::string> parse_repr_digest(const http::Request& request);

void announce(http::Response& response);                                     // OPTIONS
void tell_state(http::Response& response, const storage::edge::Upload& upload, std::uint64_t interop, policies::Instant now);
// Upload-Limit. Interop 6 calls max-age expires.
std::string limit_text(const storage::edge::Upload& upload, std::uint64_t interop, policies::Instant now);

// 104 with the resource's place and limits, once; and with the offset, as the body comes in.
http::Response here_it_is(const storage::edge::Upload& upload, const std::string& location, std::uint64_t interop, policies::Instant now);
http::Response so_far(std::uint64_t offset, std::uint64_t interop);

}  // namespace gateway::edge::protocol::resumable
