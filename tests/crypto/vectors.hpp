// What the crypto tests share: vector files, replayable randomness, and pieces of random sizes.
#pragma once

#include "crypto/digest.hpp"
#include "crypto/random.hpp"
#include "tests/catch.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>

namespace tests {

inline std::filesystem::path vectors(const std::string& folder) {
    return std::filesystem::path(SLUIS_SOURCE_DIR) / "tests" / "vectors" / folder;
}

inline std::string read_text(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    REQUIRE(file);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

// Every regular file below `folder`, in the order of its name.
inline std::vector<std::filesystem::path> files_below(const std::filesystem::path& folder) {
    std::vector<std::filesystem::path> found;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
        if (entry.is_regular_file()) {
            found.push_back(entry.path());
        }
    }
    std::sort(found.begin(), found.end());
    return found;
}

// Randomness that can be had again: the seed is printed when a check fails (INFO it), and a run with it is the same run.
class SeededRandom final : public crypto::Random {
public:
    explicit SeededRandom(std::uint32_t seed) : engine_(seed) {}
    static std::uint32_t fresh_seed() { return std::random_device()(); }

    void fill(std::span<std::uint8_t> bytes) override {
        for (std::uint8_t& byte : bytes) {
            byte = static_cast<std::uint8_t>(engine_());
        }
    }
    std::size_t below(std::size_t limit) { return static_cast<std::size_t>(engine_()) % limit; }
    crypto::Bytes some(std::size_t size) {
        crypto::Bytes bytes(size);
        fill(bytes);
        return bytes;
    }

private:
    std::mt19937 engine_;
};

}  // namespace tests
