#include "storage/merkle_tiles.hpp"

namespace storage {
namespace {

using crypto::merkle::Node;
using crypto::merkle::Tile;

constexpr std::size_t hash_bytes = 32;
constexpr std::size_t full_tile_bytes = hash_bytes * crypto::merkle::tile_width;

crypto::Bytes tile_bytes(Connection& connection, Tile tile) {
    auto row = connection.query("SELECT hashes FROM log_tile WHERE level = ? AND idx = ?", std::uint64_t{tile.level}, tile.index);
    return row.step() ? row.blob(0) : crypto::Bytes();
}

bool stands_in_a_tile(Node node) {
    return node.level % crypto::merkle::tile_height == 0;
}

Tile home_of(Node node) {
    return {node.level / crypto::merkle::tile_height, node.index / crypto::merkle::tile_width};
}

}  // namespace

const int damaged_log = 11;  // SQLITE_CORRUPT

void add_to_tiles(Connection& connection, Node node, const crypto::Digest& hash) {
    if (!stands_in_a_tile(node)) {
        return;  // computed from the tile when it is asked for
    }
    const auto tile = home_of(node);
    auto hashes = tile_bytes(connection, tile);
    if (hashes.size() != hash_bytes * (node.index % crypto::merkle::tile_width)) {
        throw DatabaseError(damaged_log, "a tile of the log has the wrong number of hashes");
    }
    hashes.insert(hashes.end(), hash.bytes.begin(), hash.bytes.end());
    connection.run("INSERT OR REPLACE INTO log_tile (level, idx, hashes) VALUES (?, ?, ?)", std::uint64_t{tile.level}, tile.index, hashes);
}

crypto::Result<crypto::Digest> TileReader::read(Node node) const {
    const auto tile = crypto::merkle::tile_of(node);
    const auto bytes = tile_bytes(connection_, tile);
    // How many hashes of the tile the node spans, and behind which it ends: fewer in the row means that the tile lost some.
    const auto height = node.level - tile.level * crypto::merkle::tile_height;
    const auto end = ((node.index + 1) << height) - tile.index * crypto::merkle::tile_width;
    if (bytes.size() % hash_bytes != 0 || bytes.size() > full_tile_bytes || bytes.size() < end * hash_bytes) {
        return crypto::Errc::proof;
    }
    std::vector<crypto::Digest> hashes(bytes.size() / hash_bytes);
    for (std::size_t at = 0; at < hashes.size(); ++at) {
        std::copy_n(bytes.begin() + static_cast<std::ptrdiff_t>(at * hash_bytes), hash_bytes, hashes[at].bytes.begin());
    }
    return crypto::merkle::node_in_tile(node, hashes);
}

bool TileCheck::matches(Tile tile, crypto::ByteView hashes) {
    ++tiles_seen_;
    const auto stored = tile_bytes(connection_, tile);
    return std::equal(stored.begin(), stored.end(), hashes.begin(), hashes.end());
}

bool TileCheck::add(Node node, const crypto::Digest& hash) {
    if (!stands_in_a_tile(node)) {
        return true;
    }
    const auto tile = home_of(node);
    auto& expected = open_[tile.level];
    expected.index = tile.index;
    expected.hashes.insert(expected.hashes.end(), hash.bytes.begin(), hash.bytes.end());
    if (expected.hashes.size() < full_tile_bytes) {
        return true;
    }
    const bool good = matches(tile, expected.hashes);
    expected.hashes.clear();
    return good;
}

bool TileCheck::finish() {
    for (const auto& [level, expected] : open_) {
        if (!expected.hashes.empty() && !matches({level, expected.index}, expected.hashes)) {
            return false;
        }
    }
    auto row = connection_.query("SELECT count(*) FROM log_tile");
    return row.step() && row.integer(0) == tiles_seen_;
}

}  // namespace storage
