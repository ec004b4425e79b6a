// A certificate authority of our own, for the demonstration, the tests, and the link between edge and core (which no public authority
// needs to vouch for). ECDSA P-256. Nothing here is for a public website: there, bring a certificate of a public authority.
// Throws std::runtime_error with a one-line reason: it runs at set-up only. No thread rules; files are written 0600 (keys) and 0644.
#pragma once

#include "crypto/bytes.hpp"

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace certs {

struct Subject {
    std::string name;                // common name
    std::vector<std::string> hosts;  // DNS names and IP addresses
    enum class Use { server, client } use = Use::server;
    int days = 825;  // as long as the authority lasts: there is no renewal but a new installation
};

class Authority {
public:
    static Authority create(const std::string& name, int days = 825);
    ~Authority();
    Authority(Authority&&) noexcept;

    void write_certificate(const std::filesystem::path& file) const;
    // Makes a key and a certificate for it; gives the certificate's SHA-256 (DER) in hex, which is what the edge pins.
    struct Files {
        std::filesystem::path certificate;
        std::filesystem::path key;
    };
    std::string issue(const Subject& subject, const Files& files) const;

private:
    Authority();
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace certs
