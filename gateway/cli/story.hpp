// The story that `sluis demo` seeds: three dossiers of three case types, and the people in them. Everything goes through the console,
// the links come out of the mails and the contractor's credential out of the console, as in real life. Throws Refusal.
#pragma once

#include "gateway/client/https.hpp"

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace gateway::cli {

struct Account {
    std::string user, name, mail, phone, password;
    std::vector<std::string> roles;
};

std::vector<Account> story_accounts(const std::string& password);
std::string account_lines(const std::vector<Account>& accounts);  // what `sluis-core --add-staff` reads

struct StoryLinks {
    std::string doctor;
    std::string contractor;  // the credential file (JSON)
    std::string juror;
};
StoryLinks seed_story(const client::ClientOptions& console, const std::vector<Account>& accounts, const std::filesystem::path& mails);

}  // namespace gateway::cli
