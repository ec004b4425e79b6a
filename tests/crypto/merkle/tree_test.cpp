#include "crypto/merkle/tree.hpp"

#include "crypto/encoding.hpp"
#include "crypto/merkle/checkpoint.hpp"
#include "tests/crypto/memory_log.hpp"
#include "tests/crypto/vectors.hpp"

using namespace crypto;
using namespace crypto::merkle;

namespace {

// RFC 6962 section 2.1 as it is written: the definition, to compare the clever ways with.
Digest root_by_definition(std::span<const Digest> leaves) {
    if (leaves.empty()) {
        return empty_root();
    }
    if (leaves.size() == 1) {
        return leaves.front();
    }
    std::size_t k = 1;
    while (k * 2 < leaves.size()) {
        k *= 2;
    }
    return node_hash(root_by_definition(leaves.first(k)), root_by_definition(leaves.subspan(k)));
}

}  // namespace

TEST_CASE("the roots of the reference trees come out") {
    // The eight inputs that Certificate Transparency's tests use, and the roots of the trees of 0 to 8 of them.
    const std::vector<std::string> inputs{
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    };
    const std::vector<std::string> roots{
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    };
    Frontier frontier;
    CHECK(frontier.root().hex() == roots[0]);
    for (std::size_t i = 0; i < inputs.size(); ++i) {
        frontier.append(leaf_hash(from_hex(inputs[i]).value()));
        CHECK(frontier.size() == i + 1);
        CHECK(frontier.root().hex() == roots[i + 1]);
    }
}

TEST_CASE("appending gives the same roots as the definition, and a frontier can be read back at any size") {
    tests::MemoryLog log;
    Frontier frontier;
    std::vector<Digest> leaves;
    for (std::uint64_t size = 1; size <= 600; ++size) {
        leaves.push_back(leaf_hash(as_bytes("leaf " + std::to_string(size))));
        log.append_hash(leaves.back());
        frontier.append(leaves.back());
        REQUIRE(frontier.root() == root_by_definition(leaves));
        const auto read = Frontier::read(size, log);
        REQUIRE(read);
        REQUIRE(read->root() == frontier.root());
        REQUIRE(read->size() == size);
    }
    CHECK(Frontier::read(0, log)->root() == empty_root());
    CHECK_FALSE(Frontier::read(601, log));
}

TEST_CASE("every complete node can be computed from its tile") {
    tests::MemoryLog log;
    constexpr std::uint64_t size = 70000;
    std::map<Tile, std::vector<Digest>> tiles;
    for (std::uint64_t i = 0; i < size; ++i) {
        log.append_hash(leaf_hash(as_bytes(std::to_string(i))));
    }
    for (const auto& [node, hash] : log.nodes()) {
        if (node.level % tile_height == 0) {
            auto& tile = tiles[tile_of(node)];
            REQUIRE(tile.size() == node.index % tile_width);  // nodes come in order
            tile.push_back(hash);
        }
    }
    for (const auto& [node, hash] : log.nodes()) {
        if (node.level % 3 != 0 && node.index % 7 != 0) {
            continue;  // a sample; all of them take long without optimisation
        }
        REQUIRE(node_in_tile(node, tiles.at(tile_of(node))) == hash);
    }
    // C2SP tlog-tiles, "Partial tiles": 70 000 entries are 273 full tiles and 112 hashes, 1 and 17, and 1.
    CHECK(tiles.at({0, 273}).size() == 112);
    CHECK_FALSE(tiles.contains({0, 274}));
    CHECK(tiles.at({1, 1}).size() == 17);
    CHECK(tiles.at({2, 0}).size() == 1);
}

TEST_CASE("tiles have the paths of the specification") {
    CHECK(tile_path({0, 0}, 256) == "tile/0/000");
    CHECK(tile_path({0, 1234067}, 256) == "tile/0/x001/x234/067");
    CHECK(tile_path({1, 1234}, 17) == "tile/1/x001/234.p/17");
    CHECK(tile_path({2, 999}, 1) == "tile/2/999.p/1");
    CHECK(tile_path({0, 1000}, 256) == "tile/0/x001/000");
}

TEST_CASE("a checkpoint is read as it was written, and one that is written otherwise is refused") {
    const Checkpoint checkpoint{"edge.example/log", {42, leaf_hash(as_bytes("x"))}};
    const std::string text = format_checkpoint(checkpoint);
    const auto read = parse_checkpoint(text);
    REQUIRE(read);
    CHECK(read->origin == checkpoint.origin);
    CHECK(read->head.size == 42);
    CHECK(read->head.root == checkpoint.head.root);
    CHECK(parse_checkpoint(text + "an extension\n").has_value());
    const std::string root = to_base64(checkpoint.head.root.bytes);
    const std::vector<std::string> bad{
        "",
        text.substr(0, text.size() - 1),
        text + "\n",
        text + "unfinished",
        "\n42\n" + root + "\n",
        "log\n042\n" + root + "\n",
        "log\n+42\n" + root + "\n",
        "log\n42 \n" + root + "\n",
        "log\n18446744073709551616\n" + root + "\n",
        "log\n42\n" + root.substr(4) + "\n",
        "log\n42\n",
    };
    for (const std::string& other : bad) {
        INFO(other);
        CHECK_FALSE(parse_checkpoint(other).has_value());
    }
}
