#include "gateway/edge/oauth/dpop.hpp"

#include "tests/gateway/edge/oauth/signer.hpp"

using namespace gateway::edge::oauth;
using namespace oauth_tests;

namespace {

struct Client {
    Signer signer;
    Asked asked{"POST", "https://upload.example:8443/api/v1/uploads", "the.access.token"};
    json header{{"alg", "EdDSA"}, {"typ", "dpop+jwt"}, {"jwk", signer.jwk()}};
    json claims{
        {"htm", "POST"},
        {"htu", asked.uri},
        {"iat", now_seconds},
        {"jti", "one"},
        {"ath", base64url_of(crypto::sha256(crypto::as_bytes(asked.token)))}
    };

    Outcome<Proof> verify(const json& said) const { return verify_proof(signer.sign(header, said), asked, now); }
    Outcome<Proof> verify_headed(const json& other) const { return verify_proof(signer.sign(other, claims), asked, now); }
};

Fault fault(const Outcome<Proof>& outcome) {
    REQUIRE(outcome.has_error());
    return outcome.error();
}

}  // namespace

TEST_CASE("a proof for this request and this token gives its key") {
    const Client client;
    const auto proof = client.verify(client.claims);
    REQUIRE(proof.has_value());
    CHECK(proof->key == client.signer.thumbprint());
    CHECK(proof->id == crypto::sha256(crypto::as_bytes("one")));
    CHECK(proof->good_until == now + 60 * policies::one_second);
}

TEST_CASE("a proof has its type and carries its public key, and nothing but it") {
    const Client client;
    for (const json& type : {json(), json("JWT"), json("at+jwt"), json("application/json")}) {
        CHECK(fault(client.verify_headed(with(client.header, "typ", type))) == Fault::type);
    }
    for (const char* algorithm : {"none", "HS256", "HS512", "ES384", ""}) {
        CHECK(fault(client.verify_headed(with(client.header, "alg", algorithm))) == Fault::proof);
    }
    CHECK(fault(client.verify_headed(with(client.header, "alg", "ES256"))) == Fault::proof);  // not this key's
    for (const json& key : {json(), json("x"), json::object(), json(with(client.signer.jwk(), "kty", "EC"))}) {
        CHECK(fault(client.verify_headed(with(client.header, "jwk", key))) == Fault::proof);
    }
    for (const char* member : {"d", "p", "q", "dp", "dq", "qi", "oth", "k"}) {
        CHECK(fault(client.verify_headed(with(client.header, "jwk", with(client.signer.jwk(), member, "AA")))) == Fault::proof);
    }
    for (const std::string text : {"", "..", "e30.e30.", "x.y.z"}) {
        CHECK(fault(verify_proof(text, client.asked, now)) == Fault::proof);
    }
}

TEST_CASE("a proof is signed by the key it carries") {
    const Client client;
    const Client thief;
    CHECK(fault(verify_proof(thief.signer.sign(client.header, client.claims), client.asked, now)) == Fault::signature);
}

TEST_CASE("a proof is about one method, one place and one access token") {
    const Client client;
    for (const auto& [name, wrong] : std::vector<std::pair<std::string, std::vector<json>>>{
             {"htm", {json(), "GET", "post", "", 7}},
             {"htu",
              {json(),
               "",
               "http://upload.example:8443/api/v1/uploads",
               "https://upload.example/api/v1/uploads",
               "https://upload.example:8443/api/v1/uploads/",
               "https://upload.example:8443/API/v1/uploads",
               "https://other.example:8443/api/v1/uploads",
               "https://x@upload.example:8443/api/v1/uploads",
               "https:///api/v1/uploads",
               "/api/v1/uploads",
               7}},
             {"ath", {json(), "", "AAAA", base64url_of(crypto::sha256(crypto::as_bytes("another.access.token"))), 7}}
         }) {
        for (const auto& value : wrong) {
            INFO(name << " " << value);
            CHECK(fault(client.verify(with(client.claims, name, value))) == Fault::request);
        }
    }
    CHECK(client.verify(with(client.claims, "htu", "HTTPS://Upload.Example:8443/api/v1/uploads?a=b#c")).has_value());
    Client short_port;
    short_port.asked.uri = "https://upload.example";
    CHECK(short_port.verify(with(short_port.claims, "htu", "https://upload.example:443/")).has_value());
}

TEST_CASE("a proof lives for a minute, and has a name") {
    const Client client;
    for (const std::int64_t at : {-60, 60}) {
        CHECK(client.verify(with(client.claims, "iat", now_seconds + at)).has_value());
    }
    for (const std::int64_t at : {-61, 61}) {
        CHECK(fault(client.verify(with(client.claims, "iat", now_seconds + at))) == Fault::time);
    }
    for (const json& at : {json(), json("now"), json(-1)}) {
        CHECK(fault(client.verify(with(client.claims, "iat", at))) == Fault::proof);
    }
    CHECK(client.verify(with(client.claims, "jti", std::string(proof_id_bytes_max, 'x'))).has_value());
    for (const json& id : {json(), json(""), json(7), json(std::string(proof_id_bytes_max + 1, 'x'))}) {
        CHECK(fault(client.verify(with(client.claims, "jti", id))) == Fault::proof);
    }
}
