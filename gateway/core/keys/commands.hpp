// `sluis-core --config FILE --keys …`, which `sluis keys …` runs:
//   rotate                                                  while core serves, too
//   recover --recovery-key FILE [--passphrase-file FILE [--second-passphrase-file FILE]]    on a machine that lost its identity
//   drill   the same words                                  would recover work? touches nothing, while core serves, too
//   destroy --dossier CASE-NUMBER [--certificate FILE]      core must be stopped
// Prints what was done; throws std::runtime_error with one line for what cannot be done. Exit codes: 0 done, 1 not, 2 wrong usage.
#pragma once

#include "gateway/core/config.hpp"

#include <span>

namespace gateway::core::keys {

int run(const Config& config, std::span<char*> arguments);

// One each, for run() and tests.
void rotate(const Config& config);

struct RecoveryKey {
    std::filesystem::path file;
    std::vector<std::filesystem::path> passphrases{};  // one behind the other; none: the key stands in clear
};
// Opens the recovery key; throws with what is wrong: the file, its passphrase, or what stands in it.
std::vector<crypto::open::X25519Identity> read_recovery_identities(const RecoveryKey& key);
void recover(const Config& config, const RecoveryKey& key);
bool drill(const Config& config, const RecoveryKey& key);  // false: something would not come back; stdout says what

struct Destruction {
    std::string case_number;
    std::filesystem::path certificate;  // empty: none is written
};
void destroy(const Config& config, const Destruction& what);

}  // namespace gateway::core::keys
