#include "gateway/edge/oauth/access_token.hpp"

#include "tests/gateway/edge/oauth/signer.hpp"

using namespace gateway::edge::oauth;
using namespace oauth_tests;

namespace {

const crypto::Digest a_key = crypto::sha256(crypto::as_bytes("key"));

struct Provider {
    Signer signer;
    json header{{"alg", "EdDSA"}, {"typ", "at+jwt"}};
    json claims{
        {"iss", "https://idp.example"},
        {"aud", "https://upload.example"},
        {"client_id", "builder"},
        {"iat", now_seconds - 10},
        {"exp", now_seconds + 290},
        {"cnf", {{"jkt", base64url_of(a_key)}}}
    };

    storage::edge::Issuer issuer() const {
        return {"https://idp.example", "https://upload.example", {{crypto::jws::Algorithm::eddsa, signer.jwk().dump()}}};
    }
    Outcome<AccessToken> verify(const json& said) const { return verify_access_token(signer.sign(header, said), issuer(), now); }
    Outcome<AccessToken> verify_headed(const json& other) const { return verify_access_token(signer.sign(other, claims), issuer(), now); }
};

Fault fault(const Outcome<AccessToken>& outcome) {
    REQUIRE(outcome.has_error());
    return outcome.error();
}

}  // namespace

TEST_CASE("a bound token of a pinned issuer for us says which client it is") {
    const Provider provider;
    const auto token = provider.verify(provider.claims);
    REQUIRE(token.has_value());
    CHECK(token->client == storage::OAuthClient{"https://idp.example", "builder"});
    CHECK(token->key == a_key);
    CHECK_FALSE(token->certificate);
    CHECK(claimed_issuer(provider.signer.sign(provider.header, provider.claims)) == "https://idp.example");

    const auto both = provider.verify(with(provider.claims, "cnf", {{"jkt", base64url_of(a_key)}, {"x5t#S256", base64url_of(a_key)}}));
    REQUIRE(both.has_value());
    CHECK(both->certificate == a_key);
    CHECK(provider.verify(with(provider.claims, "aud", {"https://other.example", "https://upload.example"})).has_value());
    CHECK(provider.verify_headed(with(provider.header, "typ", "application/AT+JWT")).has_value());
}

TEST_CASE("a token that is no access token is refused, whoever signed it") {
    const Provider provider;
    for (const json& type : {json(), json("JWT"), json("id+jwt"), json("dpop+jwt"), json("at+jwt2")}) {
        CHECK(fault(provider.verify_headed(with(provider.header, "typ", type))) == Fault::type);
    }
    for (const std::string text : {"", ".", "..", "a.b", "e30.e30", "e30.e30.", "not a token"}) {
        INFO(text);
        CHECK(verify_access_token(text, provider.issuer(), now).has_error());
        CHECK_FALSE(claimed_issuer(text));
    }
    CHECK(fault(verify_access_token("e30.e30", provider.issuer(), now)) == Fault::form);
    for (const json& claims : {json(nullptr), json::array(), json("text"), json(1)}) {
        CHECK(fault(provider.verify(claims)) == Fault::issuer);
    }
    const auto not_json = provider.signer.sign_text(provider.header.dump(), "{\"iss\":");
    CHECK(fault(verify_access_token(not_json, provider.issuer(), now)) == Fault::issuer);
}

TEST_CASE("only the issuer's own key and its algorithm count") {
    const Provider provider;
    const Provider other;
    const auto forged = other.signer.sign(provider.header, provider.claims);
    CHECK(fault(verify_access_token(forged, provider.issuer(), now)) == Fault::signature);
    for (const char* algorithm : {"none", "HS256", "ES256", "RS256", "eddsa"}) {
        CHECK(fault(provider.verify_headed(with(provider.header, "alg", algorithm))) == Fault::signature);
    }
    auto without_keys = provider.issuer();
    without_keys.keys.clear();
    CHECK(fault(verify_access_token(provider.signer.sign(provider.header, provider.claims), without_keys, now)) == Fault::signature);
    auto two_keys = other.issuer();
    two_keys.keys.push_back(provider.issuer().keys.front());
    CHECK(verify_access_token(provider.signer.sign(provider.header, provider.claims), two_keys, now).has_value());
}

TEST_CASE("issuer and audience are compared to the letter") {
    const Provider provider;
    for (const json& issuer :
         {json(), json("https://idp.example/"), json("https://IDP.example"), json(7), json::array({"https://idp.example"})}) {
        CHECK(fault(provider.verify(with(provider.claims, "iss", issuer))) == Fault::issuer);
    }
    for (const json& audience :
         {json(), json("https://upload.example/"), json("https://other.example"), json::array(), json::array({7}), json::object()}) {
        CHECK(fault(provider.verify(with(provider.claims, "aud", audience))) == Fault::audience);
    }
}

TEST_CASE("a token has its time: half a minute of skew, an hour of life") {
    const Provider provider;
    const auto at = [&](std::int64_t issued, std::int64_t ends) {
        auto claims = with(provider.claims, "iat", now_seconds + issued);
        return provider.verify(with(claims, "exp", now_seconds + ends));
    };
    CHECK(at(-300, -29).has_value());
    CHECK(fault(at(-300, -30)) == Fault::time);
    CHECK(at(30, 300).has_value());
    CHECK(fault(at(31, 300)) == Fault::time);
    CHECK(at(0, 3600).has_value());
    CHECK(fault(at(0, 3601)) == Fault::time);
    CHECK(fault(at(10, 10)) == Fault::time);
    CHECK(provider.verify(with(provider.claims, "nbf", now_seconds + 30)).has_value());
    CHECK(fault(provider.verify(with(provider.claims, "nbf", now_seconds + 31))) == Fault::time);
    CHECK(provider.verify(with(provider.claims, "exp", now_seconds + 200.5)).has_value());
    for (const char* name : {"iat", "exp", "nbf"}) {
        for (const json& value : {json("1795000000"), json(-1), json(1e300), json(true)}) {
            INFO(name << " " << value);
            CHECK(fault(provider.verify(with(provider.claims, name, value))) == Fault::time);
        }
    }
    CHECK(fault(provider.verify(with(provider.claims, "iat", nullptr))) == Fault::time);
    CHECK(fault(provider.verify(with(provider.claims, "exp", nullptr))) == Fault::time);
}

TEST_CASE("a token says its client in one line") {
    const Provider provider;
    for (const json& client : {json(), json(""), json(7), json("a\nb"), json(std::string("a\0b", 3))}) {
        CHECK(fault(provider.verify(with(provider.claims, "client_id", client))) == Fault::client);
    }
}

TEST_CASE("a token that is bound to nothing, or to what cannot be read, is refused") {
    const Provider provider;
    const auto good = base64url_of(a_key);
    for (const json& bound :
         {json(),
          json("x"),
          json::object(),
          json({{"kid", "x"}}),
          json({{"jkt", 7}}),
          json({{"jkt", good + "="}}),
          json({{"jkt", "AAAA"}}),
          json({{"x5t#S256", a_key.hex()}}),
          json({{"jkt", good}, {"x5t#S256", "AAAA"}}),
          json({{"jkt", "AAAA"}, {"x5t#S256", good}})}) {
        INFO(bound);
        CHECK(fault(provider.verify(with(provider.claims, "cnf", bound))) == Fault::unbound);
    }
}
