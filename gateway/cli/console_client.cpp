#include "gateway/cli/console_client.hpp"

#include <nlohmann/json.hpp>

namespace gateway::cli {

void ConsoleClient::sign_in(const std::string& user, const std::string& password) {
    post("/api/v1/session", nlohmann::json{{"user", user}, {"password", password}}.dump());
}

std::string ConsoleClient::post(const std::string& path, const std::string& body) {
    return call({.method = "POST", .path = path, .headers = {{"Content-Type", "application/json"}}, .body = body});
}

std::string ConsoleClient::get(const std::string& path) {
    return call({.method = "GET", .path = path});
}

std::string ConsoleClient::call(const client::Call& call) {
    auto answer = value_or_refuse(https_.call(call), "the console");
    if (answer.status >= 300) {
        throw Refusal("the console answered " + std::to_string(answer.status) + " to " + call.path + ": " + answer.body.substr(0, 400));
    }
    return std::move(answer.body);
}

}  // namespace gateway::cli
