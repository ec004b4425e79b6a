#include "storage/core/edge_log.hpp"

#include "storage/core/row.hpp"

namespace storage::core {

namespace {

class StoredNodes final : public crypto::merkle::HashReader {
public:
    explicit StoredNodes(Connection& connection) : connection_(connection) {}

    crypto::Result<crypto::Digest> read(crypto::merkle::Node node) const override {
        auto found = connection_.query(
            "SELECT hash FROM edge_node WHERE level = ? AND position = ?", static_cast<std::int64_t>(node.level), node.index
        );
        if (!found.step()) {
            return Errc::not_found;
        }
        return row::digest(found, 0);
    }

private:
    Connection& connection_;
};

}  // namespace

WitnessedLog EdgeLog::witnessed(Connection& connection) {
    auto found = connection.query("SELECT size, checkpoint FROM edge_log WHERE id = 1");
    if (!found.step()) {
        return {};
    }
    return {row::count(found, 0), found.text(1)};
}

Result<crypto::merkle::Frontier> EdgeLog::frontier(Connection& connection) {
    const std::uint64_t size = witnessed(connection).size;
    return crypto::merkle::Frontier::read(size, StoredNodes(connection));
}

void EdgeLog::add_nodes(Connection& connection, std::span<const std::pair<crypto::merkle::Node, crypto::Digest>> nodes) {
    for (const auto& [node, hash] : nodes) {
        connection.run(
            "INSERT INTO edge_node (level, position, hash) VALUES (?, ?, ?)",
            static_cast<std::int64_t>(node.level),
            node.index,
            crypto::ByteView(hash.bytes)
        );
    }
}

Result<void> EdgeLog::witness(Connection& connection, const WitnessedLog& log) {
    const auto rows = connection.run(
        "INSERT INTO edge_log (id, size, checkpoint) VALUES (1, ?, ?) "
        "ON CONFLICT (id) DO UPDATE SET size = excluded.size, checkpoint = excluded.checkpoint WHERE excluded.size >= size",
        log.size,
        log.checkpoint
    );
    if (rows != 1) {
        return Errc::conflict;
    }
    return {};
}

}  // namespace storage::core
