// Which bytes of a file a GET wants: Range, If-Range and If-None-Match (RFC 9110 sections 13 and 14) against the file's size and strong
// ETag. Pure. One range of bytes is answered as such; several, another unit, or what does not parse is the whole file, as the RFC
// allows; a range that begins behind the end cannot be satisfied.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace gateway::edge::protocol {

struct Wanted {
    std::optional<std::string_view> range;          // each as it came; nothing when it was not there, or there twice
    std::optional<std::string_view> if_range;
    std::optional<std::string_view> if_none_match;
    bool range_counts = true;     // only for GET (section 14.2)
    bool if_range_there = false;  // also when it is there twice: then nothing matches it
};

struct Selection {
    enum class Kind { whole, part, unsatisfiable, not_modified } kind = Kind::whole;
    std::uint64_t first = 0;   // of a part
    std::uint64_t length = 0;  // of a whole or a part
};

struct Representation {
    std::string_view etag;  // strong, with its quotes
    std::uint64_t size = 0;
};

Selection select(const Wanted& wanted, const Representation& file);

std::string content_range(const Selection& selection, std::uint64_t size);  // of a part, or of what cannot be satisfied

}  // namespace gateway::edge::protocol
