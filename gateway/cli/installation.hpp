// What `sluis init` writes: one folder for the edge machine, one for the core machine, each with its configuration, keys and
// certificates, and nothing of the other's. Files are 0600, folders 0700. Throws Refusal; refuses a folder that is not empty.
#pragma once

#include "gateway/cli/refusal.hpp"

#include <cstdint>
#include <filesystem>
#include <vector>

namespace gateway::cli {

struct Listen {
    std::string address = "127.0.0.1";
    std::uint16_t port = 0;
};

struct InstallationPlan {
    std::filesystem::path folder;
    std::string organisation;
    std::string public_host;   // what outsiders type
    std::string console_host;  // what staff type
    Listen public_listen;
    Listen inner_listen;
    Listen console_listen;
    std::string mail_url;
    std::string mail_from;
    std::filesystem::path policies;         // copied to the core machine
    std::string recovery;                   // recipient of the offline recovery key, "age1…"; empty: none
    std::filesystem::path passphrase_file;  // empty: the key-encryption identity is kept in clear (demonstration only)
};

struct Installation {
    std::filesystem::path edge_config, core_config, ca;
    std::string edge_log, core_log;  // verifier keys
};

// Throws Refusal when the folder is in use, the case types are not there, or the passphrase is too short. Writes nothing.
void expect_installable(const InstallationPlan& plan);

Installation write_installation(const InstallationPlan& plan);

// Core learns the ports that the edge was really given, when it listened on port 0.
void set_edge_ports(const Installation& installation, std::uint16_t public_port, std::uint16_t inner_port);

// Where the case types are: beside the program ("../share/sluis/policies").
std::filesystem::path installed_policies();

}  // namespace gateway::cli
