// RFC 6962 section 2.1.1 and 2.1.2 proofs: made from a HashReader, verified from nothing. Errc::proof when one does not lead to the root.
#pragma once

#include "crypto/merkle/tree.hpp"

namespace crypto::merkle {

struct TreeHead {
    std::uint64_t size = 0;
    Digest root;
};

Result<std::vector<Digest>> prove_inclusion(std::uint64_t index, std::uint64_t size, const HashReader& reader);
Result<void> verify_inclusion(std::uint64_t index, const Digest& leaf, const TreeHead& head, std::span<const Digest> proof);

Result<std::vector<Digest>> prove_consistency(std::uint64_t old_size, std::uint64_t new_size, const HashReader& reader);
Result<void> verify_consistency(const TreeHead& older, const TreeHead& newer, std::span<const Digest> proof);

}  // namespace crypto::merkle
