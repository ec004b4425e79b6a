// A log whose nodes are in memory: what the proofs are tested against. It fails on nodes that are not complete, as a store would.
#pragma once

#include "crypto/errors.hpp"
#include "crypto/merkle/tree.hpp"

#include <map>

namespace tests {

class MemoryLog final : public crypto::merkle::HashReader {
public:
    void append(crypto::ByteView entry) { append_hash(crypto::merkle::leaf_hash(entry)); }
    void append_hash(const crypto::Digest& leaf) {
        for (const auto& [node, hash] : frontier_.append(leaf)) {
            nodes_[node] = hash;
        }
    }
    crypto::Digest root() const { return frontier_.root(); }
    const std::map<crypto::merkle::Node, crypto::Digest>& nodes() const { return nodes_; }

    crypto::Result<crypto::Digest> read(crypto::merkle::Node node) const override {
        const auto found = nodes_.find(node);
        if (found == nodes_.end()) {
            return crypto::Errc::proof;
        }
        return found->second;
    }

private:
    crypto::merkle::Frontier frontier_;
    std::map<crypto::merkle::Node, crypto::Digest> nodes_;
};

}  // namespace tests
