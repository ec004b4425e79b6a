// Who may open, as the command line names them: recipients, identities and passphrases out of words, files and the terminal.
// Throws Refusal (wrong usage) for texts that are no keys, AgeFailure for files that cannot be read or opened.
#pragma once

#include "crypto/open/hybrid.hpp"

#include <memory>

namespace gateway::cli {

using Recipients = std::vector<std::unique_ptr<crypto::age::Recipient>>;
using Identities = std::vector<std::unique_ptr<crypto::open::Identity>>;
using KeyIdentities = std::vector<std::unique_ptr<crypto::open::KeyIdentity>>;

std::unique_ptr<crypto::age::Recipient> recipient_of(const std::string& text);
void add_recipients_file(Recipients& recipients, const std::string& path);  // one a line, '#' comments

// Identity files may themselves be age files under a passphrase, which is asked for, or read from `passphrase_file` when that is given.
KeyIdentities read_identity_file(const std::string& path, const std::string& passphrase_file);

enum class Ask { once, twice };
// From the file (all of it but a newline at the end), or from the terminal, without echo.
crypto::SecretBytes passphrase(const std::string& passphrase_file, const std::string& prompt, Ask ask);

template <class Key>
std::vector<const Key*> pointers(const std::vector<std::unique_ptr<Key>>& keys) {
    std::vector<const Key*> all;
    for (const auto& key : keys) {
        all.push_back(key.get());
    }
    return all;
}

}  // namespace gateway::cli
