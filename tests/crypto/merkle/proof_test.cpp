#include "crypto/merkle/proof.hpp"

#include "crypto/encoding.hpp"
#include "crypto/errors.hpp"
#include "tests/crypto/memory_log.hpp"
#include "tests/crypto/vectors.hpp"

#include <nlohmann/json.hpp>

using namespace crypto;
using namespace crypto::merkle;

namespace {

// Hashes of another size than 32 bytes occur in the probes; our types cannot hold them, which is a refusal as well.
std::optional<Digest> digest_of(const nlohmann::json& text) {
    const auto bytes = from_base64(text.get<std::string>());
    return bytes ? Digest::from_bytes(*bytes) : std::nullopt;
}

std::optional<std::vector<Digest>> proof_of(const nlohmann::json& list) {
    std::vector<Digest> proof;
    for (const auto& text : list) {
        const auto digest = digest_of(text);
        if (!digest) {
            return std::nullopt;
        }
        proof.push_back(*digest);
    }
    return proof;
}

}  // namespace

TEST_CASE("inclusion probes of transparency-dev/merkle end as they say") {
    std::size_t good = 0;
    const auto files = tests::files_below(tests::vectors("merkle/inclusion"));
    REQUIRE(files.size() == 98);
    for (const auto& file : files) {
        INFO(file);
        const auto probe = nlohmann::json::parse(tests::read_text(file));
        const auto leaf = digest_of(probe.at("leafHash"));
        const auto root = digest_of(probe.at("root"));
        const auto proof = proof_of(probe.at("proof"));
        bool verified = false;
        if (leaf && root && proof) {
            const TreeHead head{probe.at("treeSize").get<std::uint64_t>(), *root};
            verified = verify_inclusion(probe.at("leafIdx").get<std::uint64_t>(), *leaf, head, *proof).has_value();
        }
        CHECK(verified == !probe.at("wantErr").get<bool>());
        good += verified ? 1 : 0;
    }
    CHECK(good >= 6);
}

TEST_CASE("consistency probes of transparency-dev/merkle end as they say, but for a root that is none") {
    std::size_t good = 0;
    const auto files = tests::files_below(tests::vectors("merkle/consistency"));
    REQUIRE(files.size() == 98);
    for (const auto& file : files) {
        INFO(file);
        const auto probe = nlohmann::json::parse(tests::read_text(file));
        const auto older = digest_of(probe.at("root1"));
        const auto newer = digest_of(probe.at("root2"));
        const auto proof = proof_of(probe.at("proof"));
        bool verified = false;
        if (older && newer && proof) {
            const TreeHead before{probe.at("size1").get<std::uint64_t>(), *older};
            const TreeHead after{probe.at("size2").get<std::uint64_t>(), *newer};
            verified = verify_consistency(before, after, *proof).has_value();
        }
        // This one calls twelve bytes a root and wants them accepted; a SHA-256 root has 32.
        const bool no_root = file.filename() == "sizes-are-equal-one-and-proof-is-empty.json";
        CHECK(verified == (!no_root && !probe.at("wantErr").get<bool>()));
        good += verified ? 1 : 0;
    }
    CHECK(good >= 5);
}

TEST_CASE("every entry of every small log is proved, and its proof proves nothing else") {
    tests::MemoryLog log;
    std::vector<Digest> leaves;
    for (std::uint64_t size = 1; size <= 70; ++size) {
        leaves.push_back(leaf_hash(as_bytes(std::to_string(size))));
        log.append_hash(leaves.back());
        const TreeHead head{size, log.root()};
        for (std::uint64_t index = 0; index < size; ++index) {
            const auto proof = prove_inclusion(index, size, log);
            REQUIRE(proof);
            REQUIRE(verify_inclusion(index, leaves[index], head, *proof));
            REQUIRE_FALSE(verify_inclusion((index + 1) % (size + 1), leaves[index], head, *proof));
            REQUIRE_FALSE(verify_inclusion(index, leaf_hash(as_bytes("other")), head, *proof));
        }
        CHECK(prove_inclusion(size, size, log).error() == Errc::proof);
    }
}

TEST_CASE("every small log is proved to extend every smaller one, and no other") {
    tests::MemoryLog log;
    std::vector<TreeHead> heads{{0, empty_root()}};
    for (std::uint64_t size = 1; size <= 70; ++size) {
        log.append_hash(leaf_hash(as_bytes(std::to_string(size))));
        heads.push_back({size, log.root()});
        for (std::uint64_t old_size = 0; old_size <= size; ++old_size) {
            const auto proof = prove_consistency(old_size, size, log);
            REQUIRE(proof);
            REQUIRE(verify_consistency(heads[old_size], heads[size], *proof));
            const TreeHead forged{old_size, leaf_hash(as_bytes("forged"))};
            REQUIRE_FALSE(verify_consistency(forged, heads[size], *proof));
            if (old_size > 0) {  // every tree extends the empty one
                REQUIRE_FALSE(verify_consistency(heads[old_size], {size, forged.root}, *proof));
            }
        }
        CHECK(prove_consistency(size + 1, size, log).error() == Errc::proof);
    }
}

TEST_CASE("a proof in which one bit was changed, or that is longer or shorter, is refused") {
    tests::MemoryLog log;
    std::vector<TreeHead> heads{{0, empty_root()}};
    for (std::uint64_t size = 1; size <= 1000; ++size) {
        log.append_hash(leaf_hash(as_bytes(std::to_string(size))));
        heads.push_back({size, log.root()});
    }
    const Digest leaf = leaf_hash(as_bytes("701"));
    const auto inclusion = prove_inclusion(700, 1000, log).value();
    const auto consistency = prove_consistency(701, 1000, log).value();
    const auto refused = [&](const std::vector<Digest>& first, const std::vector<Digest>& second) {
        return !verify_inclusion(700, leaf, heads[1000], first) && !verify_consistency(heads[701], heads[1000], second);
    };
    REQUIRE(verify_inclusion(700, leaf, heads[1000], inclusion));
    REQUIRE(verify_consistency(heads[701], heads[1000], consistency));
    for (std::size_t at = 0; at < std::min(inclusion.size(), consistency.size()); ++at) {
        for (std::size_t bit = 0; bit < 256; ++bit) {
            auto first = inclusion;
            auto second = consistency;
            first[at].bytes[bit / 8] = static_cast<std::uint8_t>(first[at].bytes[bit / 8] ^ (1U << (bit % 8)));
            second[at].bytes[bit / 8] = static_cast<std::uint8_t>(second[at].bytes[bit / 8] ^ (1U << (bit % 8)));
            REQUIRE(refused(first, second));
        }
    }
    auto longer = inclusion;
    longer.push_back(leaf);
    auto longer_consistency = consistency;
    longer_consistency.push_back(leaf);
    CHECK(refused(longer, longer_consistency));
    CHECK(refused({inclusion.begin(), inclusion.end() - 1}, {consistency.begin(), consistency.end() - 1}));
}

TEST_CASE("a tree of the largest size does not overflow the arithmetic") {
    const TreeHead head{~std::uint64_t{0}, Digest{}};
    CHECK_FALSE(verify_inclusion(0, Digest{}, head, std::vector<Digest>(64)));
    CHECK_FALSE(verify_inclusion(~std::uint64_t{0} - 1, Digest{}, head, std::vector<Digest>(63)));
    CHECK_FALSE(verify_consistency({std::uint64_t{1} << 63U, Digest{}}, head, std::vector<Digest>(1)));
}
