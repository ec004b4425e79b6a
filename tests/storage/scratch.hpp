// A folder of its own for one test, gone afterwards; and randomness that can be replayed.
#pragma once

#include "crypto/random.hpp"

#include <cstdlib>
#include <filesystem>
#include <random>
#include <stdexcept>

namespace tests {

class Scratch {
public:
    Scratch() {
        std::string pattern = (std::filesystem::temp_directory_path() / "sluis-test-XXXXXX").string();
        if (::mkdtemp(pattern.data()) == nullptr) {
            throw std::runtime_error("no scratch folder");
        }
        folder_ = pattern;
    }
    ~Scratch() {
        std::error_code ignored;
        std::filesystem::remove_all(folder_, ignored);
    }
    Scratch(const Scratch&) = delete;
    Scratch& operator=(const Scratch&) = delete;

    std::filesystem::path operator/(const char* name) const { return folder_ / name; }

private:
    std::filesystem::path folder_;
};

class SeededRandom final : public crypto::Random {
public:
    explicit SeededRandom(std::uint64_t seed) : engine_(seed) {}
    void fill(std::span<std::uint8_t> bytes) override {
        for (auto& byte : bytes) {
            byte = static_cast<std::uint8_t>(engine_());
        }
    }

private:
    std::mt19937_64 engine_;
};

}  // namespace tests
