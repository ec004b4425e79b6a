// Refuses what is not encrypted: looks at the first bytes of an upload, as they stand on disk, and, when all is there, at its size. Pure;
// believes nothing; needs no key. An upload passes when its age header is whole, holds X25519 stanzas only, and its size is one that some
// plaintext has. What the payload holds nobody here can say.
#pragma once

#include "crypto/bytes.hpp"

namespace gateway::edge {

enum class Gate {
    need_more,      // the header goes on
    passed,
    not_encrypted,  // no age file, or one for another kind of recipient
    damaged,        // an age file of a size that no age file has
};

// `first` are the first bytes of the file: all there are, or at least age::header_bytes_max. While it arrives: never damaged.
Gate look_at_beginning(crypto::ByteView first);
// All `total` bytes are there: never need_more.
Gate look_at(crypto::ByteView first, std::uint64_t total);

}  // namespace gateway::edge
