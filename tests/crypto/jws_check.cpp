// The other side of tests/integration/jws_test.py, which has npm's `jose` make tokens and check ours. One JSON object a line on standard
// input: {"algorithm", "key", "token"} to verify, answered by the payload in base64url or "refused"; {"secret", "payload"} to sign
// with HS256, answered by the token.
#include "crypto/encoding.hpp"
#include "crypto/jws.hpp"

#include <iostream>
#include <map>
#include <nlohmann/json.hpp>

namespace {

using namespace crypto;
using nlohmann::json;

std::string answer(const json& asked) {
    static const std::map<std::string, jws::Algorithm> algorithms{
        {"ES256", jws::Algorithm::es256},
        {"PS256", jws::Algorithm::ps256},
        {"RS256", jws::Algorithm::rs256},
        {"EdDSA", jws::Algorithm::eddsa},
    };
    if (asked.contains("secret")) {
        const auto secret = from_base64url(asked.at("secret").get<std::string>());
        const auto payload = asked.at("payload").get<std::string>();
        const auto token = jws::sign_hs256(SecretBytes::copy_of(secret.value()), as_bytes(payload), {"a key", "JWT"});
        return token ? *token : "refused";
    }
    const auto key = jws::Verifier::from_jwk(asked.at("key").dump(), algorithms.at(asked.at("algorithm").get<std::string>()));
    const auto token = key ? key->verify(asked.at("token").get<std::string>()) : Result<jws::Token>(key.error());
    return token ? to_base64url(token->payload) : "refused";
}

}  // namespace

int main() {
    for (std::string line; std::getline(std::cin, line);) {
        std::cout << answer(json::parse(line)) << '\n';
    }
}
