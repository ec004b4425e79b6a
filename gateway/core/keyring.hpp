// Core's key-encryption identity: whatever core keeps secret in its database (envelope keys, intake and compartment identities, mail
// bodies that hold a link) is sealed to it as a plain age file, so that `age -d` with the same identity opens a backup too. Beside it
// stands the recovery recipient, whose identity lies offline with other people: who loses the machine does not lose the documents.
// Identities are read into locked memory and never written, printed or handed out. Any thread; reload() swaps them whole.
// Errors: io when a file cannot be read, no_match for a wrong passphrase, format for a file without an identity, limit over 64 KiB.
#pragma once

#include "crypto/open/identity.hpp"

#include <filesystem>
#include <memory>
#include <optional>

namespace gateway::core {

struct KeyFiles {
    // Lines as age-keygen writes them; with a passphrase file it is itself an age file (binary or armored) under that passphrase, of
    // which a newline at the end is no part. The first identity is sealed to, all of them unseal: two while a rotation is under way.
    std::filesystem::path identity;
    std::optional<std::filesystem::path> passphrase{};
    std::string recovery{};  // "age1…"; empty: none

    std::vector<std::filesystem::path> passphrases() const {
        return passphrase ? std::vector{*passphrase} : std::vector<std::filesystem::path>();
    }
};

// The identities of one file, for the keyring and for the offline key of a recovery. The passphrase is what stands in the files, one
// behind the other: two people may know half of it each. No files: the identities stand there in clear.
crypto::Result<std::vector<crypto::open::X25519Identity>>
read_identities(const std::filesystem::path& file, const std::vector<std::filesystem::path>& passphrase_files);
crypto::Result<crypto::SecretBytes> read_passphrase(const std::filesystem::path& file);

class Keyring final {
public:
    static crypto::Result<Keyring> open(KeyFiles files);
    Keyring(std::vector<crypto::open::X25519Identity> identities, const std::string& recovery);  // at least one; "age1…" or empty
    ~Keyring();
    Keyring(Keyring&&) noexcept;

    // From the files it was opened with, beside the recovery recipient that is named now; after an error everything stays as it was.
    crypto::Result<void> reload(const std::string& recovery);

    crypto::Bytes seal(crypto::ByteView secret, crypto::Random& random) const;
    crypto::Result<crypto::SecretBytes> unseal(crypto::ByteView sealed) const;  // crypto::Errc of the age classes; at most 1 MiB

    // The same secret sealed as seal() would now; nothing when it is so already. Header only: the payload's bytes stay.
    crypto::Result<std::optional<crypto::Bytes>> rewrap(crypto::ByteView sealed, crypto::Random& random) const;
    std::string recipient() const;  // "age1…" of the first identity
    std::size_t identities() const;

private:
    struct Keys;
    struct State;
    struct Opened {
        crypto::age::FileKey file_key;
        std::size_t by = 0;  // which of the identities
    };
    std::shared_ptr<const Keys> keys() const;
    crypto::Result<Opened> open_header(const Keys& keys, const crypto::age::Header& header) const;
    std::unique_ptr<State> state_;
};

}  // namespace gateway::core
