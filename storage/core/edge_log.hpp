// How far core has read, and thereby witnessed, the edge's log: the size, the signed checkpoint that vouched for it, and every complete
// node of the tree up to there, so that the next page can be checked against what was seen before. What an entry led to is written in the
// same transaction as the new size: an entry is acted on once.
#pragma once

#include "crypto/merkle/tree.hpp"
#include "storage/connection.hpp"

namespace storage::core {

struct WitnessedLog {
    std::uint64_t size = 0;
    std::string checkpoint;  // signed note; "" at size 0
};

class EdgeLog final {
public:
    static WitnessedLog witnessed(Connection& connection);
    static Result<crypto::merkle::Frontier> frontier(Connection& connection);  // at the witnessed size
    // Nodes as Frontier::append gave them, then the new size with its checkpoint. Errc::conflict when it would shrink.
    static void add_nodes(Connection& connection, std::span<const std::pair<crypto::merkle::Node, crypto::Digest>> nodes);
    static Result<void> witness(Connection& connection, const WitnessedLog& log);
};

}  // namespace storage::core
