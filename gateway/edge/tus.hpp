// tus 1.0.0, the grammar: header fields into commands, and what an answer must carry. Pure: no store, no socket. It believes nothing:
// an integer is ^[0-9]+$ up to 2^63 - 1, a field that is there twice is refused, metadata holds two ids and nothing else, so that
// no file name is ever kept. Extensions: creation, creation-with-upload, termination.
#pragma once

#include "gateway/edge/answer.hpp"
#include "policies/ids.hpp"

namespace gateway::edge::tus {

constexpr std::string_view version = "1.0.0";
constexpr std::string_view extensions = "creation,creation-with-upload,termination";
constexpr std::string_view media_type = "application/offset+octet-stream";

std::optional<std::uint64_t> parse_integer(std::string_view text) noexcept;

struct Metadata {
    policies::ItemId item;
    std::optional<policies::GrantId> grant;
};
std::optional<Metadata> parse_metadata(std::string_view text);

// Refuses a request that does not speak this version: 412 (answers must name the versions, see `unsupported`).
bool speaks(const http::Request& request) noexcept;

struct Creation {
    std::uint64_t length = 0;
    Metadata metadata;
    std::string metadata_text;  // as it was said, for HEAD
};
Answer<Creation> parse_creation(const http::Request& request);

// The offset of a PATCH.
Answer<std::uint64_t> parse_append(const http::Request& request);

http::Response answered(http::Response response);     // adds Tus-Resumable
http::Response unsupported(http::Response response);  // adds Tus-Resumable and Tus-Version: 412
http::Response options();                             // the answer to OPTIONS

}  // namespace gateway::edge::tus
