#include "gateway/core/keys/identity_file.hpp"

#include "crypto/age/seal.hpp"
#include "crypto/errors.hpp"

#include <cstdio>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace gateway::core::keys {

namespace {

crypto::SecretBytes lines_of(std::span<const crypto::open::X25519Identity> identities) {
    std::vector<crypto::SecretBytes> texts;
    std::size_t size = 0;
    for (const auto& identity : identities) {
        texts.push_back(identity.text());
        size += texts.back().size() + 1;
    }
    crypto::SecretBytes lines(size);
    auto rest = lines.expose_writable();
    for (const auto& text : texts) {
        std::copy(text.expose().begin(), text.expose().end(), rest.begin());
        rest[text.size()] = '\n';
        rest = rest.subspan(text.size() + 1);
    }
    return lines;
}

bool write_whole(int file, crypto::ByteView bytes) {
    return ::write(file, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()) && ::fsync(file) == 0;
}

crypto::Result<void> replace_file(const std::filesystem::path& file, crypto::ByteView bytes) {
    std::string beside = file.string() + ".new-XXXXXX";
    const int made = ::mkostemp(beside.data(), O_CLOEXEC);  // mode 0600
    if (made < 0) {
        return crypto::Errc::io;
    }
    const bool written = write_whole(made, bytes);
    ::close(made);
    if (!written || ::rename(beside.c_str(), file.c_str()) != 0) {
        ::unlink(beside.c_str());
        return crypto::Errc::io;
    }
    const int folder = ::open(file.parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    const bool kept = folder >= 0 && ::fsync(folder) == 0;
    if (folder >= 0) {
        ::close(folder);
    }
    return kept ? crypto::Result<void>() : crypto::Result<void>(crypto::Errc::io);
}

}  // namespace

crypto::Result<void>
write_identities(const KeyFiles& files, std::span<const crypto::open::X25519Identity> identities, crypto::Random& random) {
    const auto lines = lines_of(identities);
    if (!files.passphrase) {
        return replace_file(files.identity, lines.expose());
    }
    auto passphrase = read_passphrase(*files.passphrase);
    if (passphrase.has_error()) {
        return passphrase.error();
    }
    const crypto::age::ScryptRecipient recipient(std::move(*passphrase));
    const crypto::age::Recipient* const recipients[] = {&recipient};
    const auto sealed = crypto::age::encrypt(recipients, lines.expose(), random);
    return sealed.has_error() ? crypto::Result<void>(sealed.error()) : replace_file(files.identity, *sealed);
}

}  // namespace gateway::core::keys
