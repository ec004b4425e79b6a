// RFC 6962 section 2.1 hashing, and the log as C2SP tlog-tiles cuts it: a node (level, index) covers the entries
// [index * 2^level, (index + 1) * 2^level); tiles hold 256 hashes of levels 0, 8, 16…  Pure; hashes come from a HashReader.
#pragma once

#include "crypto/digest.hpp"
#include "crypto/result.hpp"

#include <vector>

namespace crypto::merkle {

constexpr unsigned tile_height = 8;
constexpr std::uint64_t tile_width = 256;

Digest leaf_hash(ByteView entry);                        // SHA-256(0x00 ‖ entry)
Digest node_hash(const Digest& left, const Digest& right);  // SHA-256(0x01 ‖ left ‖ right)
Digest empty_root();                                     // SHA-256("")

struct Node {
    unsigned level = 0;
    std::uint64_t index = 0;
    friend auto operator<=>(const Node&, const Node&) = default;
};

// Where complete nodes come from: tiles in a database, tiles in files, or memory in tests. Called only for complete nodes.
class HashReader {
public:
    virtual ~HashReader() = default;
    virtual Result<Digest> read(Node node) const = 0;
};

// One tile of the log: 1 to 256 hashes of level 8 * tile.level, beginning at index 256 * tile.index.
struct Tile {
    unsigned level = 0;
    std::uint64_t index = 0;
    friend auto operator<=>(const Tile&, const Tile&) = default;
};
Tile tile_of(Node node);                                     // the tile from which `node` can be computed
Digest node_in_tile(Node node, std::span<const Digest> hashes);  // hashes of tile_of(node), as many as there are
std::string tile_path(Tile tile, unsigned width);            // "tile/0/x001/234", with ".p/W" when width < 256

// The hashes an append needs: the roots of the complete subtrees along the right edge. Append is amortised one hash.
class Frontier {
public:
    Frontier() = default;
    static Result<Frontier> read(std::uint64_t size, const HashReader& reader);

    std::uint64_t size() const noexcept { return size_; }
    Digest root() const;  // empty_root() at size 0
    // Appends a leaf; gives every node completed by it, level 0 first (what a store must write).
    std::vector<std::pair<Node, Digest>> append(const Digest& leaf);

private:
    std::uint64_t size_ = 0;
    std::vector<Digest> peaks_;  // largest subtree first
};

}  // namespace crypto::merkle
