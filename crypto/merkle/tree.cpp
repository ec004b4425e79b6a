#include "crypto/merkle/tree.hpp"

#include "crypto/ensure.hpp"

#include <bit>

namespace crypto::merkle {

Digest leaf_hash(ByteView entry) {
    const std::uint8_t mark = 0x00;
    return Sha256().update({&mark, 1}).update(entry).finish();
}

Digest node_hash(const Digest& left, const Digest& right) {
    std::array<std::uint8_t, 65> input;
    input[0] = 0x01;
    const auto rest = std::copy(left.bytes.begin(), left.bytes.end(), input.begin() + 1);
    std::copy(right.bytes.begin(), right.bytes.end(), rest);
    return sha256(input);
}

Digest empty_root() {
    return sha256({});
}

Tile tile_of(Node node) {
    const unsigned above = node.level % tile_height;
    return {node.level / tile_height, (node.index << above) / tile_width};
}

Digest node_in_tile(Node node, std::span<const Digest> hashes) {
    const unsigned above = node.level % tile_height;
    const std::size_t width = std::size_t{1} << above;
    const std::size_t begin = static_cast<std::size_t>((node.index << above) % tile_width);
    ensure(begin + width <= hashes.size(), "a complete node has all its hashes in its tile");
    std::vector<Digest> row(
        hashes.begin() + static_cast<std::ptrdiff_t>(begin), hashes.begin() + static_cast<std::ptrdiff_t>(begin + width)
    );
    for (; row.size() > 1; row.resize(row.size() / 2)) {
        for (std::size_t i = 0; i < row.size() / 2; ++i) {
            row[i] = node_hash(row[2 * i], row[2 * i + 1]);
        }
    }
    return row.front();
}

// C2SP tlog-tiles, "Merkle tree": the index in groups of three digits, all but the last marked with an x.
std::string tile_path(Tile tile, unsigned width) {
    ensure(width >= 1 && width <= tile_width, "a tile holds 1 to 256 hashes");
    std::string path;
    std::uint64_t left = tile.index;
    do {
        const std::string group = std::to_string(1000 + left % 1000).substr(1);
        path = path.empty() ? group : 'x' + group + '/' + path;
        left /= 1000;
    } while (left > 0);
    path = "tile/" + std::to_string(tile.level) + '/' + path;
    if (width < tile_width) {
        path += ".p/" + std::to_string(width);
    }
    return path;
}

Result<Frontier> Frontier::read(std::uint64_t size, const HashReader& reader) {
    Frontier frontier;
    frontier.size_ = size;
    std::uint64_t begin = 0;
    for (std::uint64_t left = size; left > 0;) {
        const std::uint64_t width = std::bit_floor(left);
        const auto level = static_cast<unsigned>(std::countr_zero(width));
        const auto peak = reader.read({level, begin >> level});
        if (!peak) {
            return peak.error();
        }
        frontier.peaks_.push_back(*peak);
        begin += width;
        left -= width;
    }
    return frontier;
}

Digest Frontier::root() const {
    if (peaks_.empty()) {
        return empty_root();
    }
    Digest root = peaks_.back();
    for (auto peak = peaks_.rbegin() + 1; peak != peaks_.rend(); ++peak) {
        root = node_hash(*peak, root);
    }
    return root;
}

std::vector<std::pair<Node, Digest>> Frontier::append(const Digest& leaf) {
    std::vector<std::pair<Node, Digest>> completed;
    Node node{0, size_};
    Digest hash = leaf;
    completed.emplace_back(node, hash);
    while (node.index % 2 == 1) {  // a right child completes its parent
        hash = node_hash(peaks_.back(), hash);
        peaks_.pop_back();
        node = {node.level + 1, node.index / 2};
        completed.emplace_back(node, hash);
    }
    peaks_.push_back(hash);
    ++size_;
    return completed;
}

}  // namespace crypto::merkle
