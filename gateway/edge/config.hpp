// edge.json (see ../README.md) as values. Read once by main; the operator's file is trusted, his typing is not: faults() says all that
// is wrong, each with its path, and the values are used only when it is empty.
#pragma once

#include "gateway/http/server.hpp"

namespace gateway::edge {

struct Config {
    std::filesystem::path state;
    http::ListenOptions outer;     // "public": a word of the language
    http::ListenOptions inner;
    std::optional<http::ListenOptions> machines;  // programs of contractors, with access tokens or certificates
    std::string core_certificate;  // hex SHA-256: the one client the inner listener answers
    std::filesystem::path log_key;
    std::uint64_t disk_reserve = 0;
    std::string security_contact;  // of security.txt; empty: none
    std::vector<std::string> faults;
};

Config read_config(const std::filesystem::path& file);

}  // namespace gateway::edge
