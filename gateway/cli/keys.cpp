#include "gateway/cli/command.hpp"
#include "gateway/cli/refusal.hpp"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <unistd.h>
#include <vector>

namespace gateway::cli {

namespace {

constexpr const char* usage =
    "usage: sluis keys rotate  --config core.json\n"
    "       sluis keys drill   --config core.json --recovery-key FILE [--passphrase-file FILE [--second-passphrase-file FILE]]\n"
    "       sluis keys recover --config core.json --recovery-key FILE [--passphrase-file FILE [--second-passphrase-file FILE]]\n"
    "       sluis keys destroy --config core.json --dossier CASE-NUMBER [--certificate FILE]\n"
    "\n"
    "rotate   a new key-encryption identity: everything is re-wrapped, while sluis-core serves or not; killed, it goes on when run again\n"
    "drill    proves that the offline recovery key opens every key and every document; touches nothing\n"
    "recover  on a machine that has a backup and the offline key, and lost the identity\n"
    "destroy  the keys of one dossier, for ever; sluis-core must be stopped. Backups hold them until they are deleted\n"
    "\n"
    "Exit codes: 0 done, 1 refused, 2 wrong usage.\n";

}  // namespace

// The work is core's, which alone knows its database: this finds the program beside us and becomes it.
int run_keys(std::span<const std::string_view> arguments) {
    std::vector<std::string> words{"sluis-core", "--config", {}, "--keys"};
    for (std::size_t at = 0; at < arguments.size(); ++at) {
        if (arguments[at] == "--help") {
            std::fputs(usage, stdout);
            return 0;
        }
        if (arguments[at] == "--config" && at + 1 < arguments.size()) {
            words[2] = arguments[++at];
        } else {
            words.emplace_back(arguments[at]);
        }
    }
    if (words[2].empty()) {
        throw wrong_usage("--config core.json is missing; `sluis keys --help` says more");
    }
    const auto program = std::filesystem::read_symlink("/proc/self/exe").parent_path() / "sluis-core";
    std::vector<char*> pointers;
    for (auto& word : words) {
        pointers.push_back(word.data());
    }
    pointers.push_back(nullptr);
    ::execv(program.c_str(), pointers.data());
    throw Refusal(program.string() + ": " + std::strerror(errno));
}

}  // namespace gateway::cli
