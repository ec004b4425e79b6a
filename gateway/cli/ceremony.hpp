// The recovery key, made by two people: each knows one half of its passphrase and sees nothing of the other's. Any age tool opens it with
// the halves typed one behind the other. Throws Refusal.
#pragma once

#include <filesystem>
#include <string>

namespace gateway::cli {

struct Ceremony {
    std::filesystem::path key;         // where the recovery key is written; it must not be there
    std::string first_part_file;       // empty: asked for at the terminal, twice, unseen
    std::string second_part_file;
};

std::string make_recovery_key(const Ceremony& ceremony);  // its recipient, "age1…"

}  // namespace gateway::cli
