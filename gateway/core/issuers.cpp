#include "gateway/core/issuers.hpp"

#include "crypto/jws.hpp"

#include <nlohmann/json.hpp>

#include <fstream>
#include <set>

namespace gateway::core {

namespace {

using nlohmann::json;

constexpr std::size_t issuers_max = 16;  // what an edge takes

// Only the keys that the edge can use, and only their public halves.
json read_keys(Settings& settings, const std::string& path) {
    const auto file = settings.file(path);
    if (file.empty()) {
        return json::array();
    }
    std::ifstream stream(file, std::ios::binary);
    std::string text(crypto::jws::key_set_bytes_max + 1, '\0');
    stream.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(std::max<std::streamsize>(stream.gcount(), 0)));
    const auto keys = crypto::jws::parse_key_set(text);
    if (keys.has_error()) {
        settings.fault(path, "must hold a JSON Web Key Set: 1 to 32 public keys for ES256, PS256, RS256 or EdDSA, and no private one");
        return json::array();
    }
    json list = json::array();
    for (const auto& key : *keys) {
        list.push_back(json::parse(key.jwk));
    }
    return list;
}

}  // namespace

std::string read_issuers(Settings& settings) {
    const auto count = settings.objects("issuers");
    if (count > issuers_max) {
        settings.fault("issuers", "at most 16");
    }
    json list = json::array();
    std::set<std::string> names;
    for (std::size_t at = 0; at < count; ++at) {
        const std::string path = "issuers." + std::to_string(at);
        const auto issuer = settings.text(path + ".issuer");
        const auto audience = settings.text(path + ".audience");
        if (!issuer.empty() && !issuer.starts_with("https://")) {
            settings.fault(path + ".issuer", "must be an https address, as the tokens say it in \"iss\"");
        }
        if (!issuer.empty() && !names.insert(issuer).second) {
            settings.fault(path + ".issuer", "is there twice");
        }
        list.push_back({{"issuer", issuer}, {"audience", audience}, {"keys", {{"keys", read_keys(settings, path + ".keys")}}}});
    }
    return json{{"issuers", std::move(list)}}.dump(-1, ' ', false, json::error_handler_t::replace);
}

}  // namespace gateway::core
