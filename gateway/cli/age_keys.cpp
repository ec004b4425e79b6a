#include "gateway/cli/age_keys.hpp"

#include "gateway/ascii.hpp"
#include "gateway/cli/age_files.hpp"
#include "gateway/cli/refusal.hpp"
#include "gateway/cli/undo_on_signal.hpp"

#include "crypto/errors.hpp"
#include "crypto/open/open.hpp"

#include <cstdio>
#include <fcntl.h>
#include <termios.h>
#include <unistd.h>

namespace gateway::cli {

namespace {

constexpr std::size_t key_file_max = 1024 * 1024;
constexpr std::size_t passphrase_max = 4096;
constexpr int tries_max = 3;

// The whole of a small file, in locked memory since it may hold keys.
crypto::SecretBytes read_small(const std::string& path) {
    AgeInput input(path);
    // Locked memory is scarce for ordinary users, so no more than is needed; a pipe, or a file of /proc, tells no size.
    const std::uint64_t told = input.size().value_or(0);
    crypto::SecretBytes content(static_cast<std::size_t>(told == 0 ? key_file_max : std::min<std::uint64_t>(told, key_file_max)) + 1);
    const std::size_t size = input.fill(content.expose_writable());
    if (size == content.size()) {
        throw AgeFailure(crypto::Errc::limit, path + ": too large for a file of keys");
    }
    return crypto::SecretBytes::copy_of(content.expose().first(size));
}

std::string_view without_newline(std::string_view text) {
    text.remove_suffix(text.ends_with('\n') ? 1 : 0);
    text.remove_suffix(text.ends_with('\r') ? 1 : 0);
    return text;
}

// One line from the terminal of the person, without echo; what is typed is not left in a stream's buffer.
class Terminal {
public:
    Terminal() : file_(::open("/dev/tty", O_RDWR | O_CLOEXEC)) {
        if (file_ < 0 || ::tcgetattr(file_, &before_) != 0) {
            throw wrong_usage("there is no terminal to ask for a passphrase; give it in a file, see --help");
        }
        termios silent = before_;
        silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
        const SignalsWait wait;
        note_silent_terminal(file_, &before_);
        ::tcsetattr(file_, TCSAFLUSH, &silent);
    }
    ~Terminal() {
        const SignalsWait wait;
        note_silent_terminal(-1, nullptr);
        ::tcsetattr(file_, TCSAFLUSH, &before_);
        ::close(file_);
    }
    Terminal(const Terminal&) = delete;
    Terminal& operator=(const Terminal&) = delete;

    crypto::SecretBytes ask(const std::string& prompt) {
        say(prompt + ": ");
        crypto::SecretBytes typed(passphrase_max);
        std::size_t size = 0;
        for (; size < typed.size(); ++size) {
            std::uint8_t& place = typed.expose_writable()[size];
            if (::read(file_, &place, 1) != 1) {
                say("\n");
                throw wrong_usage("no passphrase was given");
            }
            if (place == '\n') {
                break;
            }
        }
        say("\n");
        return crypto::SecretBytes::copy_of(typed.expose().first(size));
    }

private:
    void say(const std::string& text) { static_cast<void>(!::write(file_, text.data(), text.size())); }
    int file_;
    termios before_{};
};

// In any case of letters: what is nearly a secret key is treated as one.
bool is_secret_key(std::string_view text) {
    constexpr std::string_view prefix = "AGE-SECRET-KEY-";
    return same_letters(text.substr(0, prefix.size()), prefix);
}

bool is_age_file(std::string_view text) {
    return text.starts_with("age-encryption.org/") || text.starts_with("-----BEGIN AGE");
}

crypto::SecretBytes open_identity_file(const std::string& path, const crypto::SecretBytes& content, const std::string& passphrase_file) {
    crypto::Bytes file;
    crypto::Result<void> unarmored;
    if (content.expose_text().starts_with("-----BEGIN")) {
        crypto::age::ArmorReader armor([&file](crypto::ByteView bytes) -> crypto::Result<void> {
            file.insert(file.end(), bytes.begin(), bytes.end());
            return {};
        });
        unarmored = armor.update(content.expose());
        unarmored = unarmored ? armor.finish() : unarmored;
    } else {
        file.assign(content.expose().begin(), content.expose().end());
    }
    if (!unarmored) {
        throw AgeFailure(unarmored.error(), path);
    }
    const crypto::open::ScryptIdentity identity(passphrase(passphrase_file, "Passphrase of " + path, Ask::once));
    const std::array<const crypto::open::Identity*, 1> identities{&identity};
    auto opened = crypto::open::decrypt(identities, file);
    if (!opened && opened.error() == crypto::Errc::no_match) {
        throw AgeFailure(crypto::Errc::no_match, path + ": the passphrase does not open it");
    }
    if (!opened) {
        throw AgeFailure(opened.error(), path);
    }
    return std::move(*opened);
}

}  // namespace

std::unique_ptr<crypto::age::Recipient> recipient_of(const std::string& text) {
    if (text.starts_with("age1pq1")) {
        if (!crypto::age::has_ml_kem()) {
            throw wrong_usage(needs_newer_openssl("'age1pq1…' is a post-quantum recipient"));
        }
        auto recipient = crypto::age::HybridRecipient::parse(text);
        if (recipient) {
            return std::make_unique<crypto::age::HybridRecipient>(std::move(*recipient));
        }
    }
    if (is_secret_key(text)) {
        throw wrong_usage("a secret key stands where a recipient (age1…) belongs; `sluis age keygen -y` tells a key's recipient");
    }
    auto recipient = crypto::age::X25519Recipient::parse(text);
    if (!recipient) {
        throw wrong_usage("'" + text + "' is not a recipient (age1…)");
    }
    return std::make_unique<crypto::age::X25519Recipient>(std::move(*recipient));
}

void add_recipients_file(Recipients& recipients, const std::string& path) {
    const crypto::SecretBytes content = read_small(path);
    const std::size_t before = recipients.size();
    std::string_view rest = content.expose_text();
    for (std::size_t number = 1; !rest.empty(); ++number) {
        const std::size_t end = std::min(rest.find('\n'), rest.size() - 1) + 1;
        const std::string line(without_newline(rest.substr(0, end)));
        rest.remove_prefix(end);
        if (!line.empty() && !line.starts_with('#')) {
            // What is no recipient may be a secret: it is not said again, only where it stands.
            if (!line.starts_with("age1")) {
                const bool secret = is_secret_key(line);
                throw wrong_usage(
                    path + ", line " + std::to_string(number) +
                    (secret ? ": a secret key; use -i, or its recipient as `sluis age keygen -y` tells it" : ": not a recipient (age1…)")
                );
            }
            recipients.push_back(recipient_of(line));
        }
    }
    if (recipients.size() == before) {
        throw wrong_usage(path + ": no recipient in it");
    }
}

KeyIdentities read_identity_file(const std::string& path, const std::string& passphrase_file) {
    crypto::SecretBytes content = read_small(path);
    if (is_age_file(content.expose_text())) {
        content = open_identity_file(path, content, passphrase_file);
    }
    auto identities = crypto::open::parse_identities(content.expose_text());
    if (!identities && identities.error() == crypto::Errc::unsupported) {
        throw wrong_usage(needs_newer_openssl(path + ": a post-quantum identity is in it"));
    }
    if (!identities) {
        throw wrong_usage(path + ": not an identity file (AGE-SECRET-KEY-1…, one a line)");
    }
    return std::move(*identities);
}

crypto::SecretBytes passphrase(const std::string& passphrase_file, const std::string& prompt, Ask ask) {
    crypto::SecretBytes chosen;
    if (!passphrase_file.empty()) {
        const crypto::SecretBytes content = read_small(passphrase_file);
        chosen = crypto::SecretBytes::copy_of(crypto::as_bytes(without_newline(content.expose_text())));
    } else {
        Terminal terminal;
        chosen = terminal.ask(prompt);
        for (auto tries = 1; ask == Ask::twice && !(terminal.ask("Once more") == chosen); ++tries) {
            if (tries == tries_max) {
                throw wrong_usage("the two passphrases differ");
            }
            chosen = terminal.ask("The two differ. " + prompt);
        }
    }
    if (chosen.empty()) {
        throw wrong_usage("the passphrase is empty");
    }
    return chosen;
}

}  // namespace gateway::cli
