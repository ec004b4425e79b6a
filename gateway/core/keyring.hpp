// Core's key-encryption identity: whatever core keeps secret in its database (envelope keys, intake and compartment identities, mail
// bodies that hold a link) is sealed to it as a plain age file, so that `age -d` with the same identity opens a backup too.
// The identity is read once at start-up into locked memory and never written, printed or handed out. Constant after open(): any thread.
// Errors: io when a file cannot be read, no_match for a wrong passphrase, format for a file without an identity, limit over 64 KiB.
#pragma once

#include "crypto/open/identity.hpp"

#include <filesystem>
#include <optional>

namespace gateway::core {

class Keyring final {
public:
    // `identity_file`: lines as age-keygen writes them; with a `passphrase_file` the file is itself an age file (binary or armored)
    // under that passphrase, of which a newline at the end is no part. The first identity is sealed to, all of them can unseal.
    static crypto::Result<Keyring>
    open(const std::filesystem::path& identity_file, const std::optional<std::filesystem::path>& passphrase_file);

    crypto::Bytes seal(crypto::ByteView secret, crypto::Random& random) const;
    crypto::Result<crypto::SecretBytes> unseal(crypto::ByteView sealed) const;  // crypto::Errc of the age classes; at most 1 MiB
    std::string recipient() const;                                             // "age1…"

private:
    explicit Keyring(std::vector<crypto::open::X25519Identity> identities);
    std::vector<crypto::open::X25519Identity> identities_;  // at least one
};

}  // namespace gateway::core
