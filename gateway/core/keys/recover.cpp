#include "gateway/core/ground.hpp"
#include "gateway/core/keys/commands.hpp"
#include "gateway/core/keys/identity_file.hpp"
#include "gateway/core/keys/rotation.hpp"

#include <cstdio>

namespace gateway::core::keys {

// The new identity is written last: a kill before that leaves everything open to the recovery key still, and the next try makes another.
void recover(const Config& config, const RecoveryKey& key) {
    if (std::filesystem::exists(config.keys.identity)) {
        throw std::runtime_error(config.keys.identity.string() + " is there: recover is for a machine that lost it");
    }
    auto identities = read_recovery_identities(key);
    const auto offline = identities.front().recipient().text();
    if (config.keys.recovery != offline) {
        throw std::runtime_error("keys.recovery in the configuration is not the recipient of this recovery key, " + offline);
    }
    crypto::SystemRandom random;
    const auto fresh = crypto::open::X25519Identity::generate(random);
    identities.insert(identities.begin(), need(crypto::open::X25519Identity::parse(fresh.text().expose_text()), "identity"));
    Ground ground(config, Keyring(std::move(identities), config.keys.recovery));
    const Tools tools{*ground.database, ground.audit, ground.keyring, ground.clock, ground.random};
    const auto pass = need(rewrap_all(tools, [] { return true; }), "state");
    if (pass.unreadable > 0) {
        throw std::runtime_error(std::to_string(pass.unreadable) + " sealed keys do not open with the recovery key");
    }
    need(write_identities(config.keys, std::span(&fresh, 1), random), "keys.identity");
    need(finish(tools, pass, "keys.recovered"), "state");
    std::printf(
        "recovered: %llu keys are sealed to the new identity in %s\n",
        static_cast<unsigned long long>(pass.seen),
        config.keys.identity.c_str()
    );
}

}  // namespace gateway::core::keys
