#include "gateway/core/ground.hpp"

#include "storage/core/schema.hpp"

#include <fstream>
#include <iterator>
#include <stdexcept>

namespace gateway::core {

crypto::NoteSigner read_signer(const std::filesystem::path& file) {
    std::ifstream stream(file);
    std::string text((std::istreambuf_iterator<char>(stream)), std::istreambuf_iterator<char>());
    while (text.ends_with('\n')) {
        text.pop_back();
    }
    auto signer = crypto::NoteSigner::parse(text);
    crypto::wipe({reinterpret_cast<std::uint8_t*>(text.data()), text.size()});
    return need(std::move(signer), "log.key");
}

std::filesystem::path database_file(const Config& config) {
    return config.state / "core.db";
}

Ground::Ground(const Config& config, Keyring keys) : audit(read_signer(config.log_key), random), keyring(std::move(keys)) {
    std::filesystem::create_directories(config.state);
    auto opened = storage::Database::open(database_file(config), storage::core::schema());
    if (opened.has_error() && opened.error() == storage::Errc::conflict) {
        throw std::runtime_error("state: another sluis-core uses this folder");
    }
    database = need(std::move(opened), "state");
    database->at_end_of_batch([this](storage::Connection& connection) { audit.end_batch(connection); });
}

}  // namespace gateway::core
