// core.json (see ../README.md) as values. Read once by main; the operator's file is trusted, his typing is not: faults() says all that
// is wrong, each with its path, and the values are used only when it is empty. Secrets are named by file and read by main.
#pragma once

#include "gateway/client/smtp.hpp"
#include "gateway/core/keyring.hpp"
#include "gateway/core/loop.hpp"
#include "gateway/http/server.hpp"

namespace gateway::core {

struct Config {
    std::filesystem::path state;
    http::ListenOptions console;
    client::ClientOptions edge;  // the inner listener of the edge
    std::string edge_log;        // its log's verifier key
    std::string edge_public;     // "https://upload.city.example": where links lead
    std::filesystem::path log_key;
    KeyFiles keys;
    client::SmtpOptions mail;
    std::string mail_host;  // right of the @ of mail.from
    std::string organisation;
    std::filesystem::path policies;
    Loop::Pause pull_every{1'000};
    std::string issuers;  // of access tokens, as the edge is told: issuers.hpp
    std::vector<std::string> faults;
};

Config read_config(const std::filesystem::path& file);

// "https://console.city.example", with the port where it is not 443.
std::string console_url(const http::ListenOptions& console, std::uint16_t port);

}  // namespace gateway::core
