// The words behind `sluis age COMMAND`, with the names that age(1) gives them.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace gateway::cli {

struct AgeOptions {
    std::vector<std::string> recipients;        // -r, --recipient
    std::vector<std::string> recipients_files;  // -R, --recipients-file
    std::vector<std::string> identities;        // -i, --identity
    std::string output;                         // -o, --output; empty: standard output
    std::string input;                          // the one other word; empty: standard input
    std::string passphrase_file;                // --passphrase-file
    bool passphrase = false;                    // -p, --passphrase, or implied by --passphrase-file when encrypting
    bool armor = false;                         // -a, --armor
    bool json = false;                          // --json
    bool convert = false;                       // keygen -y
    bool post_quantum = false;                  // keygen --pq
};

// `allowed` names the flags of this command, in their short form where they have one. Throws Refusal (wrong usage) for the rest.
AgeOptions parse_age_options(std::span<const std::string_view> arguments, const std::vector<std::string_view>& allowed);

}  // namespace gateway::cli
