#include "gateway/core/ground.hpp"

#include "gateway/log_key.hpp"
#include "storage/core/schema.hpp"

#include <stdexcept>

namespace gateway::core {

std::filesystem::path database_file(const Config& config) {
    return config.state / "core.db";
}

Ground::Ground(const Config& config, Keyring keys) : audit(read_log_key(config.log_key), random), keyring(std::move(keys)) {
    std::filesystem::create_directories(config.state);
    auto opened = storage::Database::open(database_file(config), storage::core::schema());
    if (opened.has_error() && opened.error() == storage::Errc::conflict) {
        throw std::runtime_error("state: another sluis-core uses this folder");
    }
    database = need(std::move(opened), "state");
    database->at_end_of_batch([this](storage::Connection& connection) { audit.end_batch(connection); });
}

}  // namespace gateway::core
