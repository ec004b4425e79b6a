// What lasts under everything core does: the database with the audit log in it, and the keys. One process at a time holds the database.
#pragma once

#include "gateway/clock.hpp"
#include "gateway/core/config.hpp"
#include "storage/database.hpp"
#include "storage/merkle_log.hpp"

namespace gateway::core {

struct Ground {
    Ground(const Config& config, Keyring keys);  // throws std::runtime_error, one line
    Ground(const Ground&) = delete;
    Ground& operator=(const Ground&) = delete;
    ~Ground() = default;

    crypto::SystemRandom random;
    SystemClock clock;
    storage::MerkleLog audit;
    Keyring keyring;
    std::unique_ptr<storage::Database> database;
};

std::filesystem::path database_file(const Config& config);

// Start-up fails with one line; nothing is running yet that could be hurt.
template <class T>
T need(crypto::Result<T> result, const std::string& what) {
    if (result.has_error()) {
        throw std::runtime_error(what + ": " + result.error().message());
    }
    return *std::move(result);
}
inline void need(const crypto::Result<void>& result, const std::string& what) {
    if (result.has_error()) {
        throw std::runtime_error(what + ": " + result.error().message());
    }
}

}  // namespace gateway::core
