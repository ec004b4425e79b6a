#include "gateway/core/ground.hpp"
#include "gateway/core/keys/commands.hpp"
#include "gateway/core/keys/identity_file.hpp"
#include "gateway/core/keys/rotation.hpp"
#include "storage/core/sealed_cells.hpp"

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <thread>

namespace gateway::core::keys {

namespace {

using Identities = std::vector<crypto::open::X25519Identity>;

constexpr std::chrono::milliseconds ask_pause{200};
constexpr unsigned threads_max = 8;  // each locks a few pages, of which an ordinary user has 2,000

// New above old. Two that are there already are a rotation that was interrupted: it goes on with the same new one.
Identities begin(const KeyFiles& files, crypto::Random& random) {
    auto identities = need(read_identities(files.identity, files.passphrases()), "keys.identity");
    if (identities.size() == 1) {
        identities.insert(identities.begin(), crypto::open::X25519Identity::generate(random));
        need(write_identities(files, identities, random), "keys.identity");
    }
    return identities;
}

void rewrap_here(const Config& config) {
    Ground ground(config, need(Keyring::open(config.keys), "keys"));
    const unsigned threads = std::clamp(std::thread::hardware_concurrency(), 1U, threads_max);
    const Tools tools{*ground.database, ground.audit, ground.keyring, ground.clock, ground.random, threads};
    Pass pass;
    do {
        pass = need(rewrap_all(tools, [] { return true; }), "state");
        if (pass.unreadable > 0) {
            throw std::runtime_error(
                std::to_string(pass.unreadable) + " sealed keys open with none of the identities; the old identity stays in the file"
            );
        }
    } while (!pass.is_clean());
    need(finish(tools, pass, "keys.rotated"), "state");
}

bool is_finished(const Config& config, const std::string& recipient) {
    try {
        storage::Connection connection(database_file(config), storage::Connection::Mode::read_only);
        return storage::core::KeyRotation::recipient(connection) == recipient;
    } catch (const storage::DatabaseError&) {
        return false;  // busy, or just starting
    }
}

// The core that serves does the work; this waits for its word. False when it ended meanwhile.
bool rewrap_there(const Config& config, int serving, const std::string& recipient) {
    if (::kill(serving, SIGHUP) != 0) {
        return false;
    }
    std::printf("sluis-core (process %d) re-wraps while it serves …\n", serving);
    std::fflush(stdout);
    while (!is_finished(config, recipient)) {
        if (storage::Database::holder(database_file(config)) != serving) {
            return false;
        }
        std::this_thread::sleep_for(ask_pause);
    }
    return true;
}

}  // namespace

void rotate(const Config& config) {
    crypto::SystemRandom random;
    const auto identities = begin(config.keys, random);
    const auto recipient = identities.front().recipient().text();
    std::optional<int> serving = storage::Database::holder(database_file(config));
    while (serving && !rewrap_there(config, *serving, recipient)) {
        serving = storage::Database::holder(database_file(config));
    }
    if (!serving) {
        rewrap_here(config);
    }
    need(write_identities(config.keys, std::span(identities).first(1), random), "keys.identity");
    if (serving) {
        ::kill(*serving, SIGHUP);  // so that it forgets the old one
    }
    std::printf("rotated: everything is sealed to %s; the old identity opens nothing any more\n", recipient.c_str());
    if (config.keys.recovery.empty()) {
        std::puts("there is no recovery key: who loses the identity file loses every document");
    } else {
        std::printf("and to the recovery key %s\n", config.keys.recovery.c_str());
    }
}

}  // namespace gateway::core::keys
