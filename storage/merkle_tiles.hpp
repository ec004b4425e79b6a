// The tiles of a log as rows of log_tile: (level, idx, hashes), where a tile that is not full yet simply holds fewer hashes. Level n
// of a tile holds nodes of level 8n of the tree (C2SP tlog-tiles). In the caller's transaction; failures throw DatabaseError.
#pragma once

#include "crypto/errors.hpp"
#include "crypto/merkle/tree.hpp"
#include "storage/connection.hpp"

#include <map>

namespace storage {

extern const int damaged_log;  // SQLite's code for corruption, so that it reaches callers as Errc::damaged

void add_to_tiles(Connection& connection, crypto::merkle::Node node, const crypto::Digest& hash);

class TileReader final : public crypto::merkle::HashReader {
public:
    explicit TileReader(Connection& connection) : connection_(connection) {}
    crypto::Result<crypto::Digest> read(crypto::merkle::Node node) const override;  // Errc::proof when the tile lacks it

private:
    Connection& connection_;
};

// Compares the tiles with hashes that were computed anew from the entries. Memory: one tile a level.
class TileCheck {
public:
    explicit TileCheck(Connection& connection) : connection_(connection) {}
    bool add(crypto::merkle::Node node, const crypto::Digest& hash);  // in the order of Frontier::append
    bool finish();                                                   // the partial tiles, and that there are no others

private:
    bool matches(crypto::merkle::Tile tile, crypto::ByteView hashes);
    struct Expected {
        std::uint64_t index = 0;
        crypto::Bytes hashes;
    };
    Connection& connection_;
    std::map<unsigned, Expected> open_;
    std::int64_t tiles_seen_ = 0;
};

}  // namespace storage
