#include "gateway/core/keyring.hpp"

#include "crypto/age/armor.hpp"
#include "crypto/ensure.hpp"
#include "crypto/errors.hpp"
#include "crypto/open/open.hpp"

#include <fcntl.h>
#include <unistd.h>

namespace gateway::core {

namespace {

constexpr std::size_t key_file_bytes_max = 64 * 1024;

// Straight into locked memory: a stream's buffer would leave a copy of the key on the heap.
crypto::Result<crypto::SecretBytes> read_secret_file(const std::filesystem::path& file) {
    const int descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) {
        return crypto::Errc::io;
    }
    crypto::SecretBytes buffer(key_file_bytes_max + 1);
    std::size_t size = 0;
    ssize_t got = 0;
    do {
        const auto room = buffer.expose_writable().subspan(size);
        got = ::read(descriptor, room.data(), room.size());
        if (got > 0) {
            size += static_cast<std::size_t>(got);
        }
    } while ((got > 0 && size <= key_file_bytes_max) || (got < 0 && errno == EINTR));
    ::close(descriptor);
    if (got < 0) {
        return crypto::Errc::io;
    }
    if (size > key_file_bytes_max) {
        return crypto::Errc::limit;
    }
    return crypto::SecretBytes::copy_of(buffer.expose().first(size));
}

crypto::Result<crypto::SecretBytes> read_passphrase(const std::filesystem::path& file) {
    auto read = read_secret_file(file);
    if (read.has_error()) {
        return read.error();
    }
    auto text = read->expose_text();
    if (text.ends_with('\n')) {
        text.remove_suffix(text.ends_with("\r\n") ? 2 : 1);
    }
    return crypto::SecretBytes::copy_of(crypto::as_bytes(text));
}

crypto::Result<crypto::Bytes> without_armor(crypto::ByteView file) {
    if (!crypto::as_text(file).starts_with("-----BEGIN AGE")) {
        return crypto::Bytes(file.begin(), file.end());
    }
    crypto::Bytes binary;
    auto sink = [&binary](crypto::ByteView bytes) -> crypto::Result<void> {
        binary.insert(binary.end(), bytes.begin(), bytes.end());
        return {};
    };
    crypto::age::ArmorReader reader(std::move(sink));
    if (const auto fed = reader.update(file); fed.has_error()) {
        return fed.error();
    }
    if (const auto ended = reader.finish(); ended.has_error()) {
        return ended.error();
    }
    return binary;
}

crypto::Result<crypto::SecretBytes> open_with_passphrase(crypto::ByteView file, const std::filesystem::path& passphrase_file) {
    auto passphrase = read_passphrase(passphrase_file);
    if (passphrase.has_error()) {
        return passphrase.error();
    }
    const auto sealed = without_armor(file);
    if (sealed.has_error()) {
        return sealed.error();
    }
    const crypto::open::ScryptIdentity by_passphrase(std::move(*passphrase));
    const crypto::open::Identity* const identities[] = {&by_passphrase};
    return crypto::open::decrypt(identities, *sealed);
}

}  // namespace

Keyring::Keyring(std::vector<crypto::open::X25519Identity> identities) : identities_(std::move(identities)) {
    crypto::ensure(!identities_.empty(), "a keyring has an identity");
}

crypto::Result<Keyring>
Keyring::open(const std::filesystem::path& identity_file, const std::optional<std::filesystem::path>& passphrase_file) {
    auto content = read_secret_file(identity_file);
    if (content.has_error()) {
        return content.error();
    }
    if (passphrase_file) {
        content = open_with_passphrase(content->expose(), *passphrase_file);
        if (content.has_error()) {
            return content.error();
        }
    }
    auto identities = crypto::open::parse_identity_file(content->expose_text());
    if (identities.has_error()) {
        return identities.error();
    }
    return Keyring(std::move(*identities));
}

crypto::Bytes Keyring::seal(crypto::ByteView secret, crypto::Random& random) const {
    const crypto::age::Recipient* const recipients[] = {&identities_.front().recipient()};
    auto sealed = crypto::age::encrypt(recipients, secret, random);
    crypto::ensure(sealed.has_value(), "sealing to one X25519 recipient in memory cannot fail");
    return std::move(*sealed);
}

crypto::Result<crypto::SecretBytes> Keyring::unseal(crypto::ByteView sealed) const {
    std::vector<const crypto::open::Identity*> identities;
    for (const auto& identity : identities_) {
        identities.push_back(&identity);
    }
    return crypto::open::decrypt(identities, sealed);
}

std::string Keyring::recipient() const {
    return identities_.front().recipient().text();
}

}  // namespace gateway::core
