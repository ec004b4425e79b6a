#include "crypto/merkle/proof.hpp"

#include "crypto/errors.hpp"

#include <algorithm>
#include <bit>

namespace crypto::merkle {

namespace {

struct Range {
    std::uint64_t begin = 0;
    std::uint64_t end = 0;
    std::uint64_t size() const { return end - begin; }
};

// RFC 6962 section 2.1: the largest power of two smaller than n.
std::uint64_t split(std::uint64_t n) {
    return std::bit_floor(n - 1);
}

// The hash of the entries in `range`, which begins at a multiple of the power of two at or above its size: complete nodes, folded
// from the right.
Result<Digest> range_hash(Range range, const HashReader& reader) {
    std::vector<Digest> nodes;
    while (range.size() > 0) {
        const std::uint64_t width = std::bit_floor(range.size());
        const auto level = static_cast<unsigned>(std::countr_zero(width));
        const auto node = reader.read({level, range.begin >> level});
        if (!node) {
            return node.error();
        }
        nodes.push_back(*node);
        range.begin += width;
    }
    Digest hash = nodes.back();
    for (auto node = nodes.rbegin() + 1; node != nodes.rend(); ++node) {
        hash = node_hash(*node, hash);
    }
    return hash;
}

// The hashes of `ranges`, which were noted from the root down; a proof goes from the leaf up.
Result<std::vector<Digest>> hashes_upward(const std::vector<Range>& ranges, const HashReader& reader) {
    std::vector<Digest> proof;
    for (auto range = ranges.rbegin(); range != ranges.rend(); ++range) {
        const auto hash = range_hash(*range, reader);
        if (!hash) {
            return hash.error();
        }
        proof.push_back(*hash);
    }
    return proof;
}

// How a path runs: `inner` steps in which the bits of the index say left or right, then only left siblings, one a set bit above.
struct Shape {
    unsigned inner = 0;
    unsigned border = 0;
    std::size_t length() const { return std::size_t{inner} + border; }
};
Shape shape_of(std::uint64_t index, std::uint64_t size) {
    const auto inner = static_cast<unsigned>(std::bit_width(index ^ (size - 1)));
    return {inner, inner == 64 ? 0 : static_cast<unsigned>(std::popcount(index >> inner))};
}

}  // namespace

Result<std::vector<Digest>> prove_inclusion(std::uint64_t index, std::uint64_t size, const HashReader& reader) {
    if (index >= size) {
        return Errc::proof;
    }
    std::vector<Range> siblings;
    for (Range range{0, size}; range.size() > 1;) {
        const std::uint64_t middle = range.begin + split(range.size());
        const bool left = index < middle;
        siblings.push_back(left ? Range{middle, range.end} : Range{range.begin, middle});
        range = left ? Range{range.begin, middle} : Range{middle, range.end};
    }
    return hashes_upward(siblings, reader);
}

Result<void> verify_inclusion(std::uint64_t index, const Digest& leaf, const TreeHead& head, std::span<const Digest> proof) {
    if (index >= head.size) {
        return Errc::proof;
    }
    const Shape shape = shape_of(index, head.size);
    if (proof.size() != shape.length()) {
        return Errc::proof;
    }
    Digest hash = leaf;
    for (std::size_t step = 0; step < proof.size(); ++step) {
        const bool sibling_right = step < shape.inner && ((index >> step) & 1U) == 0;
        hash = sibling_right ? node_hash(hash, proof[step]) : node_hash(proof[step], hash);
    }
    if (hash != head.root) {
        return Errc::proof;
    }
    return {};
}

Result<std::vector<Digest>> prove_consistency(std::uint64_t old_size, std::uint64_t new_size, const HashReader& reader) {
    if (old_size > new_size) {
        return Errc::proof;
    }
    std::vector<Range> nodes;
    if (old_size == 0 || old_size == new_size) {
        return std::vector<Digest>{};
    }
    // RFC 6962 section 2.1.2, SUBPROOF: walk down to the end of the old tree and note what lies beside the way.
    Range range{0, new_size};
    bool whole_old_tree = true;
    while (range.end != old_size) {
        const std::uint64_t middle = range.begin + split(range.size());
        if (old_size <= middle) {
            nodes.push_back({middle, range.end});
            range.end = middle;
        } else {
            nodes.push_back({range.begin, middle});
            range.begin = middle;
            whole_old_tree = false;
        }
    }
    if (!whole_old_tree) {
        nodes.push_back(range);
    }
    return hashes_upward(nodes, reader);
}

Result<void> verify_consistency(const TreeHead& older, const TreeHead& newer, std::span<const Digest> proof) {
    if (older.size > newer.size) {
        return Errc::proof;
    }
    if (older.size == newer.size || older.size == 0) {
        // Equal sizes must be equal trees; every tree extends the empty one, whose root is known.
        const Digest& must_be = older.size == newer.size ? newer.root : empty_root();
        const bool empty_fits = older.size != 0 || older.root == empty_root();
        if (!proof.empty() || older.root != must_be || !empty_fits) {
            return Errc::proof;
        }
        return {};
    }
    const auto shift = static_cast<unsigned>(std::countr_zero(older.size));
    Shape shape = shape_of(older.size - 1, newer.size);
    shape.inner -= shift;
    const bool seeded_by_root = std::has_single_bit(older.size);
    if (proof.size() != shape.length() + (seeded_by_root ? 0 : 1)) {
        return Errc::proof;
    }
    Digest old_hash = seeded_by_root ? older.root : proof.front();
    Digest new_hash = old_hash;
    const std::span<const Digest> path = proof.subspan(seeded_by_root ? 0 : 1);
    const std::uint64_t turns = (older.size - 1) >> shift;
    for (std::size_t step = 0; step < path.size(); ++step) {
        const bool sibling_right = step < shape.inner && ((turns >> step) & 1U) == 0;
        if (sibling_right) {
            new_hash = node_hash(new_hash, path[step]);  // came after the old tree ended
        } else {
            old_hash = node_hash(path[step], old_hash);
            new_hash = node_hash(path[step], new_hash);
        }
    }
    if (old_hash != older.root || new_hash != newer.root) {
        return Errc::proof;
    }
    return {};
}

}  // namespace crypto::merkle
