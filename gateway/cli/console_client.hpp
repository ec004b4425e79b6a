// Staff work over the console's own interface, for the demonstration: it seeds its story exactly as a handler would. One session an
// object; one thread. Throws Refusal with what the console said.
#pragma once

#include "gateway/cli/refusal.hpp"
#include "gateway/client/https.hpp"

namespace gateway::cli {

class ConsoleClient {
public:
    explicit ConsoleClient(const client::ClientOptions& options) : https_(options) {}

    void sign_in(const std::string& user, const std::string& password);
    // `body` and the answer are JSON; a status of 300 and over is a Refusal.
    std::string post(const std::string& path, const std::string& body);
    std::string get(const std::string& path);

private:
    std::string call(const client::Call& call);
    client::HttpsClient https_;  // keeps the session cookie
};

}  // namespace gateway::cli
