// What a client asks of an upload, whichever protocol it speaks. Values only; ./tus and ./resumable read them from header fields, ./rules
// says what they do.
#pragma once

#include "gateway/edge/protocol/structured_field.hpp"
#include "policies/ids.hpp"
#include "storage/edge/upload.hpp"

namespace gateway::edge::protocol {

struct Creation {
    std::optional<std::uint64_t> length;  // of the whole; nothing when it will be said later
    std::optional<policies::ItemId> item;
    std::optional<policies::GrantId> grant;
    std::string metadata;     // as it was said, for HEAD
    std::string repr_digest;  // of the whole, RFC 9530; only digests that we can check
};

enum class How { tus, resumable, whole };  // whole: PUT of all content at once

struct Append {
    How how = How::tus;
    std::uint64_t offset = 0;
    std::uint64_t body_bytes = 0;
    std::optional<std::uint64_t> length;  // of the whole, when this request says it
    bool completes = false;               // there is nothing after this body. In tus reaching the length says so.
    std::vector<Expected> content;        // digests of the body: it counts only when they fit
};

}  // namespace gateway::edge::protocol
