#include "gateway/edge/oauth/admission.hpp"

#include "tests/gateway/edge/oauth/signer.hpp"

using namespace gateway::edge::oauth;
using namespace oauth_tests;
using gateway::http::Request;

namespace {

const crypto::Digest mine = crypto::sha256(crypto::as_bytes("certificate"));
const crypto::Digest others = crypto::sha256(crypto::as_bytes("another"));

struct Scene {
    Signer provider;
    Signer client;

    storage::edge::Issuer issuer() const {
        return {"https://idp.example", "https://upload.example", {{crypto::jws::Algorithm::eddsa, provider.jwk().dump()}}};
    }
    std::string token(const json& bound) const {
        const json claims{
            {"iss", "https://idp.example"},
            {"aud", "https://upload.example"},
            {"client_id", "builder"},
            {"iat", now_seconds},
            {"exp", now_seconds + 300},
            {"cnf", bound}
        };
        return provider.sign({{"alg", "EdDSA"}, {"typ", "at+jwt"}}, claims);
    }
    std::string to_key() const { return token({{"jkt", base64url_of(client.thumbprint())}}); }
    std::string to_certificate() const { return token({{"x5t#S256", base64url_of(mine)}}); }
    std::string proof(const std::string& for_token, const Signer& by) const {
        const json claims{
            {"htm", "GET"},
            {"htu", "https://upload.example:8443/api/v1/posting"},
            {"iat", now_seconds},
            {"jti", "one"},
            {"ath", base64url_of(crypto::sha256(crypto::as_bytes(for_token)))}
        };
        return by.sign({{"alg", "EdDSA"}, {"typ", "dpop+jwt"}, {"jwk", by.jwk()}}, claims);
    }

    static Shown shown(const std::string& authorization, const std::vector<std::string>& proofs = {}) {
        Request request;
        request.path = "/api/v1/posting";
        request.headers = {{"host", "upload.example:8443"}};
        if (!authorization.empty()) {
            request.headers.push_back({"authorization", authorization});
        }
        for (const auto& proof : proofs) {
            request.headers.push_back({"dpop", proof});
        }
        return shown_by(request);
    }
    Outcome<Bearer> verify(const Shown& shown) const { return verify_bearer(shown, issuer(), now); }
};

Fault fault(const Outcome<Bearer>& outcome) {
    REQUIRE(outcome.has_error());
    return outcome.error();
}

Shown over(Shown shown, std::optional<crypto::Digest> certificate, bool trusted = false) {
    shown.certificate = certificate;
    shown.certificate_trusted = trusted;
    return shown;
}

}  // namespace

TEST_CASE("a token bound to a key comes with one proof by that key") {
    const Scene scene;
    const auto token = scene.to_key();
    const auto proof = scene.proof(token, scene.client);
    const auto bearer = scene.verify(Scene::shown("DPoP " + token, {proof}));
    REQUIRE(bearer.has_value());
    CHECK(bearer->token.client.client == "builder");
    CHECK(bearer->proof->key == scene.client.thumbprint());
    CHECK(scene.verify(Scene::shown("dpop " + token, {proof})).has_value());

    CHECK(fault(scene.verify(Scene::shown("DPoP " + token))) == Fault::proof);
    CHECK(fault(scene.verify(Scene::shown("DPoP " + token, {proof, proof}))) == Fault::proof);
    CHECK(fault(scene.verify(Scene::shown("Bearer " + token))) == Fault::proof);
    CHECK(fault(scene.verify(Scene::shown("Bearer " + token, {proof}))) == Fault::proof);
    const Signer thief;
    CHECK(fault(scene.verify(Scene::shown("DPoP " + token, {scene.proof(token, thief)}))) == Fault::key);
    CHECK(fault(scene.verify(Scene::shown("DPoP " + token, {scene.proof(scene.to_certificate(), scene.client)}))) == Fault::request);
    CHECK(fault(scene.verify(over(Scene::shown("DPoP " + token), mine, true))) == Fault::proof);
}

TEST_CASE("a token bound to a certificate comes over a connection with it, whoever vouches for it") {
    const Scene scene;
    const auto token = scene.to_certificate();
    const auto shown = Scene::shown("Bearer " + token);
    const auto bearer = scene.verify(over(shown, mine));
    REQUIRE(bearer.has_value());
    CHECK_FALSE(bearer->proof);
    CHECK(scene.verify(over(shown, mine, true)).has_value());
    CHECK(fault(scene.verify(shown)) == Fault::certificate);
    CHECK(fault(scene.verify(over(shown, others, true))) == Fault::certificate);
    const auto as_dpop = Scene::shown("DPoP " + token, {scene.proof(token, scene.client)});
    CHECK(fault(scene.verify(over(as_dpop, mine))) == Fault::key);
}

TEST_CASE("a token bound to both needs both") {
    const Scene scene;
    const auto token = scene.token({{"jkt", base64url_of(scene.client.thumbprint())}, {"x5t#S256", base64url_of(mine)}});
    const auto shown = Scene::shown("DPoP " + token, {scene.proof(token, scene.client)});
    CHECK(scene.verify(over(shown, mine)).has_value());
    CHECK(fault(scene.verify(shown)) == Fault::certificate);
    CHECK(fault(scene.verify(over(Scene::shown("Bearer " + token), mine))) == Fault::proof);
}

TEST_CASE("what is no token of one scheme is none") {
    const Scene scene;
    const auto token = scene.to_certificate();
    for (const std::string& authorization :
         {"Basic " + token,
          token,
          std::string("Bearer"),
          std::string("Bearer "),
          "Bearer  " + token,
          "Bearer " + token + " x",
          "Bearer " + token + ",x"}) {
        INFO(authorization);
        const auto shown = over(Scene::shown(authorization), mine, true);
        CHECK(shown.scheme == Shown::Scheme::other);
        CHECK(fault(scene.verify(shown)) == Fault::form);
        CHECK(verify_certificate(shown).has_error());  // who tries a token does not fall back to the certificate
    }
}

TEST_CASE("a certificate speaks for itself when it is vouched for and no token is shown") {
    const auto alone = Scene::shown("");
    const auto good = verify_certificate(over(alone, mine, true));
    REQUIRE(good.has_value());
    CHECK(*good == mine);
    CHECK(verify_certificate(over(alone, mine, false)).error() == Fault::certificate);
    CHECK(verify_certificate(over(alone, std::nullopt, true)).error() == Fault::certificate);
    CHECK(verify_certificate(over(Scene::shown("Bearer x"), mine, true)).error() == Fault::form);
}
