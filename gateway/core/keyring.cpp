#include "gateway/core/keyring.hpp"

#include "crypto/age/armor.hpp"
#include "crypto/ensure.hpp"
#include "crypto/errors.hpp"
#include "crypto/open/open.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <atomic>
#include <mutex>

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

crypto::Result<crypto::SecretBytes> read_passphrases(const std::vector<std::filesystem::path>& files) {
    crypto::SecretBytes whole;
    for (const auto& file : files) {
        const auto part = read_passphrase(file);
        if (part.has_error()) {
            return part.error();
        }
        crypto::SecretBytes longer(whole.size() + part->size());
        std::copy(whole.expose().begin(), whole.expose().end(), longer.expose_writable().begin());
        std::copy(part->expose().begin(), part->expose().end(), longer.expose_writable().subspan(whole.size()).begin());
        whole = std::move(longer);
    }
    return whole;
}

crypto::Result<crypto::SecretBytes>
open_with_passphrase(crypto::ByteView file, const std::vector<std::filesystem::path>& passphrase_files) {
    auto passphrase = read_passphrases(passphrase_files);
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

crypto::Result<std::pair<crypto::age::Header, std::size_t>> read_header(crypto::ByteView sealed) {
    crypto::age::HeaderParser parser;
    const auto fed = parser.feed(sealed);
    if (fed.has_error()) {
        return fed.error();
    }
    if (fed->state != crypto::age::HeaderParser::State::done) {
        return crypto::Errc::header;
    }
    return std::pair(parser.take(), fed->used);
}

}  // namespace

crypto::Result<std::vector<crypto::open::X25519Identity>>
read_identities(const std::filesystem::path& file, const std::vector<std::filesystem::path>& passphrase_files) {
    auto content = read_secret_file(file);
    if (content.has_error()) {
        return content.error();
    }
    if (!passphrase_files.empty()) {
        content = open_with_passphrase(content->expose(), passphrase_files);
        if (content.has_error()) {
            return content.error();
        }
    }
    return crypto::open::parse_identity_file(content->expose_text());
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

// What the keyring is at one moment: constant, shared by whoever works with it while another is put in its place.
struct Keyring::Keys {
    std::vector<crypto::open::X25519Identity> identities;
    std::optional<crypto::age::X25519Recipient> recovery;

    std::vector<const crypto::age::Recipient*> recipients() const {
        std::vector<const crypto::age::Recipient*> all{&identities.front().recipient()};
        if (recovery) {
            all.push_back(&*recovery);
        }
        return all;
    }
    std::vector<const crypto::open::Identity*> openers() const {
        std::vector<const crypto::open::Identity*> all;
        for (const auto& identity : identities) {
            all.push_back(&identity);
        }
        return all;
    }
    static std::shared_ptr<const Keys> make(std::vector<crypto::open::X25519Identity> identities, const std::string& recovery) {
        crypto::ensure(!identities.empty(), "a keyring has an identity");
        auto keys = std::make_shared<Keys>();
        keys->identities = std::move(identities);
        if (!recovery.empty()) {
            auto recipient = crypto::age::X25519Recipient::parse(recovery);
            crypto::ensure(recipient.has_value(), "the recovery recipient was checked with the configuration");
            keys->recovery.emplace(std::move(*recipient));
        }
        return keys;
    }
};

struct Keyring::State {
    KeyFiles files;
    mutable std::mutex mutex;
    std::shared_ptr<const Keys> keys;
    std::atomic<std::size_t> opened_last{0};
};

Keyring::Keyring(std::vector<crypto::open::X25519Identity> identities, const std::string& recovery) : state_(std::make_unique<State>()) {
    state_->keys = Keys::make(std::move(identities), recovery);
}

Keyring::~Keyring() = default;
Keyring::Keyring(Keyring&&) noexcept = default;

crypto::Result<Keyring> Keyring::open(KeyFiles files) {
    auto identities = read_identities(files.identity, files.passphrases());
    if (identities.has_error()) {
        return identities.error();
    }
    Keyring keyring(std::move(*identities), files.recovery);
    keyring.state_->files = std::move(files);
    return keyring;
}

crypto::Result<void> Keyring::reload(const std::string& recovery) {
    auto identities = read_identities(state_->files.identity, state_->files.passphrases());
    if (identities.has_error()) {
        return identities.error();
    }
    auto fresh = Keys::make(std::move(*identities), recovery);
    const std::lock_guard guard(state_->mutex);
    state_->keys = std::move(fresh);
    return {};
}

std::shared_ptr<const Keyring::Keys> Keyring::keys() const {
    const std::lock_guard guard(state_->mutex);
    return state_->keys;
}

crypto::Bytes Keyring::seal(crypto::ByteView secret, crypto::Random& random) const {
    const auto now = keys();
    auto sealed = crypto::age::encrypt(now->recipients(), secret, random);
    crypto::ensure(sealed.has_value(), "sealing to X25519 recipients in memory cannot fail");
    return std::move(*sealed);
}

crypto::Result<crypto::SecretBytes> Keyring::unseal(crypto::ByteView sealed) const {
    const auto now = keys();
    return crypto::open::decrypt(now->openers(), sealed);
}

// Of thousands in a row nearly all are in the same hands: whoever opened the last one is asked first.
crypto::Result<Keyring::Opened> Keyring::open_header(const Keys& keys, const crypto::age::Header& header) const {
    const std::size_t count = keys.identities.size();
    const std::size_t likely = state_->opened_last.load(std::memory_order_relaxed);
    for (std::size_t turn = 0; turn < count; ++turn) {
        const std::size_t by = (likely + turn) % count;
        const crypto::open::Identity* const identity[] = {&keys.identities[by]};
        auto file_key = crypto::open::open_header(header, identity);
        if (file_key.has_value()) {
            state_->opened_last.store(by, std::memory_order_relaxed);
            return Opened{std::move(*file_key), by};
        }
        if (file_key.error() != crypto::Errc::no_match) {
            return file_key.error();
        }
    }
    return crypto::Errc::no_match;
}

crypto::Result<std::optional<crypto::Bytes>> Keyring::rewrap(crypto::ByteView sealed, crypto::Random& random) const {
    const auto now = keys();
    const auto read = read_header(sealed);
    if (read.has_error()) {
        return read.error();
    }
    const auto& [header, header_bytes] = *read;
    const auto recipients = now->recipients();
    const auto opened = open_header(*now, header);
    if (opened.has_error()) {
        return opened.error();
    }
    if (opened->by == 0 && header.stanzas.size() == recipients.size()) {
        return std::optional<crypto::Bytes>();
    }
    const auto fresh = crypto::age::seal_header(opened->file_key, recipients, random);
    if (fresh.has_error()) {
        return fresh.error();
    }
    crypto::Bytes whole(fresh->begin(), fresh->end());
    whole.insert(whole.end(), sealed.begin() + static_cast<std::ptrdiff_t>(header_bytes), sealed.end());
    return std::optional(std::move(whole));
}

std::string Keyring::recipient() const {
    return keys()->identities.front().recipient().text();
}

std::size_t Keyring::identities() const {
    return keys()->identities.size();
}

}  // namespace gateway::core
