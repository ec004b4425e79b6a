#include "gateway/core/keys/commands.hpp"

#include "crypto/errors.hpp"

#include <cstdio>
#include <map>
#include <stdexcept>

namespace gateway::core::keys {

namespace {

constexpr int done = 0;
constexpr int refused = 1;
constexpr int wrong_usage = 2;

// Every word after the act is a flag with a value. Nothing when one is unknown, without its value, or there twice.
std::optional<std::map<std::string, std::string>> read_flags(std::span<char*> words, std::initializer_list<std::string_view> known) {
    std::map<std::string, std::string> flags;
    for (std::size_t at = 0; at < words.size(); at += 2) {
        const bool is_known = std::find(known.begin(), known.end(), std::string_view(words[at])) != known.end();
        if (!is_known || at + 1 == words.size() || !flags.emplace(words[at], words[at + 1]).second) {
            return std::nullopt;
        }
    }
    return flags;
}

std::optional<RecoveryKey> read_recovery_key(std::span<char*> words) {
    const auto flags = read_flags(words, {"--recovery-key", "--passphrase-file", "--second-passphrase-file"});
    if (!flags || !flags->contains("--recovery-key")) {
        return std::nullopt;
    }
    RecoveryKey key{flags->at("--recovery-key")};
    for (const auto* const flag : {"--passphrase-file", "--second-passphrase-file"}) {
        if (const auto named = flags->find(flag); named != flags->end()) {
            key.passphrases.emplace_back(named->second);
        }
    }
    return key;
}

int usage() {
    std::fputs(
        "usage: rotate, or destroy --dossier CASE-NUMBER [--certificate FILE], or recover or drill with --recovery-key FILE"
        " [--passphrase-file FILE [--second-passphrase-file FILE]]\n",
        stderr
    );
    return wrong_usage;
}

}  // namespace

std::vector<crypto::open::X25519Identity> read_recovery_identities(const RecoveryKey& key) {
    const auto name = "recovery key " + key.file.string();
    if (std::error_code error; !std::filesystem::exists(key.file, error)) {
        throw std::runtime_error(name + ": there is no such file");
    }
    auto identities = read_identities(key.file, key.passphrases);
    if (identities.has_value()) {
        return *std::move(identities);
    }
    if (identities.error() == crypto::Errc::no_match) {
        throw std::runtime_error(
            name + ": the passphrase does not open it; both halves, in their order: --passphrase-file, --second-passphrase-file"
        );
    }
    if (key.passphrases.empty()) {
        throw std::runtime_error(name + ": protected by a passphrase (--passphrase-file, --second-passphrase-file), or no identity file");
    }
    throw std::runtime_error(name + ": " + identities.error().message());
}

int run(const Config& config, std::span<char*> arguments) {
    const std::string_view act = arguments.empty() ? std::string_view() : arguments.front();
    const auto words = arguments.empty() ? arguments : arguments.subspan(1);
    if (act == "rotate" && words.empty()) {
        rotate(config);
        return done;
    }
    if (act == "destroy") {
        const auto flags = read_flags(words, {"--dossier", "--certificate"});
        if (!flags || !flags->contains("--dossier")) {
            return usage();
        }
        destroy(config, {flags->at("--dossier"), flags->contains("--certificate") ? flags->at("--certificate") : std::string()});
        return done;
    }
    const auto key = act == "recover" || act == "drill" ? read_recovery_key(words) : std::nullopt;
    if (!key) {
        return usage();
    }
    if (act == "recover") {
        recover(config, *key);
        return done;
    }
    return drill(config, *key) ? done : refused;
}

}  // namespace gateway::core::keys
