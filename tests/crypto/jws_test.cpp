#include "crypto/encoding.hpp"
#include "crypto/errors.hpp"
#include "crypto/jws.hpp"
#include "tests/crypto/jws_vectors.hpp"
#include "tests/crypto/vectors.hpp"

using namespace crypto;
using jws::Algorithm;
using jws::Verifier;

namespace {

struct Published {
    Algorithm algorithm;
    std::string_view key;
    std::string_view token;
    std::string_view payload;
};

const std::vector<Published>& published() {
    static const std::vector<Published> all{
        {Algorithm::rs256, tests::rfc7515_a2_key, tests::rfc7515_a2_token, tests::rfc7515_payload},
        {Algorithm::es256, tests::rfc7515_a3_key, tests::rfc7515_a3_token, tests::rfc7515_payload},
        {Algorithm::rs256, tests::rfc7520_4_1_key, tests::rfc7520_4_1_token, tests::rfc7520_payload},
        {Algorithm::eddsa, tests::rfc8037_a4_key, tests::rfc8037_a4_token, "Example of Ed25519 signing"},
    };
    return all;
}

// The token of RFC 7515 A.3 with another header before it.
std::string with_header(std::string_view header) {
    const std::string_view token = tests::rfc7515_a3_token;
    return to_base64url(as_bytes(header)) + std::string(token.substr(token.find('.')));
}

// RFC 7515 A.3's key with members added.
std::string p256_key_with(std::string_view members) {
    return std::string(tests::rfc7515_a3_key.substr(0, tests::rfc7515_a3_key.size() - 1)) + ',' + std::string(members) + '}';
}

}  // namespace

TEST_CASE("the tokens that the RFCs publish verify, and give what they hold") {
    for (const Published& vector : published()) {
        INFO(vector.token);
        const auto verifier = Verifier::from_jwk(vector.key, vector.algorithm);
        REQUIRE(verifier);
        const auto token = verifier->verify(vector.token);
        REQUIRE(token);
        CHECK(as_text(token->payload) == vector.payload);
    }
}

TEST_CASE("no character of a token can be changed, none left out and none added") {
    for (const Published& vector : published()) {
        INFO(vector.token);
        const auto verifier = Verifier::from_jwk(vector.key, vector.algorithm);
        REQUIRE(verifier);
        for (std::size_t at = 0; at < vector.token.size(); ++at) {
            std::string changed(vector.token);
            changed[at] = changed[at] == 'A' ? 'B' : 'A';
            CHECK_FALSE(verifier->verify(changed));
            CHECK_FALSE(verifier->verify(vector.token.substr(0, at)));
        }
        for (const char* more : {"A", "AA", ".", "=", "\n", " "}) {
            CHECK_FALSE(verifier->verify(std::string(vector.token) + more));
            CHECK_FALSE(verifier->verify(more + std::string(vector.token)));
        }
    }
}

TEST_CASE("a key verifies its own algorithm and no other, and another key verifies nothing") {
    const auto as_rs256 = Verifier::from_jwk(tests::rfc7515_a2_key, Algorithm::rs256);
    const auto as_ps256 = Verifier::from_jwk(tests::rfc7515_a2_key, Algorithm::ps256);
    const auto other = Verifier::from_jwk(tests::rfc7520_4_1_key, Algorithm::rs256);
    REQUIRE(as_rs256);
    REQUIRE(as_ps256);
    REQUIRE(other);
    CHECK(as_rs256->verify(tests::rfc7515_a2_token));
    CHECK(as_ps256->verify(tests::rfc7515_a2_token).error() == Errc::signature);
    CHECK(other->verify(tests::rfc7515_a2_token).error() == Errc::signature);
    for (const Algorithm wrong : {Algorithm::es256, Algorithm::eddsa}) {
        CHECK(Verifier::from_jwk(tests::rfc7515_a2_key, wrong).error() == Errc::format);
    }
}

TEST_CASE("`none`, HMAC made with a public key, and headers that change the rules are refused") {
    const auto verifier = Verifier::from_jwk(tests::rfc7515_a3_key, Algorithm::es256);
    REQUIRE(verifier);
    const std::string unsecured = to_base64url(as_bytes(R"({"alg":"none"})")) + '.' + to_base64url(as_bytes("{}")) + '.';
    CHECK(verifier->verify(unsecured).error() == Errc::signature);
    CHECK(verifier->verify(with_header(R"({"alg":"none"})")).error() == Errc::signature);
    const auto forged = jws::sign_hs256(SecretBytes::copy_of(as_bytes(tests::rfc7515_a3_key)), as_bytes("{}"), {});
    REQUIRE(forged);
    CHECK(verifier->verify(*forged).error() == Errc::signature);

    for (const char* member :
         {R"("crit":["exp"])", R"("b64":false)", R"("zip":"DEF")", R"("jku":"https://a.example")", R"("x5u":"https://a.example")"}) {
        INFO(member);
        CHECK(verifier->verify(with_header(std::string(R"({"alg":"ES256",)") + member + '}')).error() == Errc::format);
    }
    for (const char* header :
         {R"({"alg":"ES256","alg":"ES256"})",
          R"({"alg":"ES256","x":{"a":1,"a":2}})",
          R"(["ES256"])",
          R"({"alg":"ES256")",
          "",
          R"({"alg":"ES256","kid":7})",
          R"({"alg":"ES256","typ":null})"}) {
        INFO(header);
        CHECK(verifier->verify(with_header(header)).error() == Errc::format);
    }
    for (const char* header : {"{}", R"({"alg":"es256"})", R"({"alg":["ES256"]})", R"({"alg":"ES384"})", R"({"alg":"HS256"})"}) {
        INFO(header);
        CHECK(verifier->verify(with_header(header)).error() == Errc::signature);
    }
}

TEST_CASE("a token that names another key is not ours") {
    const auto named = Verifier::from_jwk(tests::rfc7520_4_1_key, Algorithm::rs256);
    REQUIRE(named);
    CHECK(named->key_id() == "bilbo.baggins@hobbiton.example");
    CHECK(named->verify(tests::rfc7520_4_1_token)->key_id == named->key_id());
    std::string renamed(tests::rfc7520_4_1_key);
    renamed.replace(renamed.find("bilbo"), 5, "frodo");
    CHECK(Verifier::from_jwk(renamed, Algorithm::rs256)->verify(tests::rfc7520_4_1_token).error() == Errc::signature);
}

TEST_CASE("keys that are too small, not on the curve or meant for something else are no keys") {
    CHECK(Verifier::from_jwk(p256_key_with(R"("use":"sig","alg":"ES256","key_ops":["verify"],"kid":"1")"), Algorithm::es256));
    for (const char* members :
         {R"("use":"enc")", R"("alg":"ES384")", R"("key_ops":["sign"])", R"("key_ops":"verify")", R"("kid":1)", R"("kty":"EC")"}) {
        INFO(members);
        CHECK(Verifier::from_jwk(p256_key_with(members), Algorithm::es256).error() == Errc::format);
    }
    std::string moved(tests::rfc7515_a3_key);
    moved.replace(moved.find("f83OJ"), 5, "f83OK");
    CHECK(Verifier::from_jwk(moved, Algorithm::es256).error() == Errc::format);

    const auto rsa = [](ByteView modulus, ByteView exponent) {
        const std::string text = R"({"kty":"RSA","n":")" + to_base64url(modulus) + R"(","e":")" + to_base64url(exponent) + R"("})";
        return Verifier::from_jwk(text, Algorithm::rs256);
    };
    const Bytes usual{1, 0, 1};
    const Bytes modulus_2048(256, 0xff);
    CHECK(rsa(modulus_2048, usual));
    CHECK_FALSE(rsa(Bytes(255, 0xff), usual));
    CHECK(rsa(Bytes(1024, 0xff), usual));
    CHECK_FALSE(rsa(Bytes(1025, 0xff), usual));
    CHECK_FALSE(rsa(modulus_2048, Bytes{3}));
    CHECK_FALSE(rsa(modulus_2048, Bytes{1, 0, 0}));
    CHECK_FALSE(rsa(modulus_2048, Bytes(9, 0xff)));
    CHECK_FALSE(rsa(modulus_2048, Bytes{0, 1, 0, 1}));
    CHECK(Verifier::from_jwk(R"({"kty":"oct","k":"AAAA"})", Algorithm::rs256).error() == Errc::format);
    CHECK(Verifier::from_jwk(std::string(jws::token_bytes_max + 1, ' '), Algorithm::rs256).error() == Errc::limit);
}

TEST_CASE("HS256 signs what RFC 7515 A.1 and RFC 7520 4.4 publish") {
    const auto key = from_base64url("hJtXIZ2uSN5kbQfbtTNWbpdmhkV8FJG-Onbc6mxCcYg");
    REQUIRE(key);
    const auto token =
        jws::sign_hs256(SecretBytes::copy_of(*key), as_bytes(tests::rfc7520_payload), {"018c0ae5-4d9b-471b-bfd6-eef314bc7037", ""});
    REQUIRE(token);
    CHECK(*token == tests::rfc7520_4_4_token);

    // A.1 writes its header with a line break in it, which we never do: the signature over its bytes is compared instead.
    const std::string_view a1 = tests::rfc7515_a1_token;
    const auto a1_key = from_base64url(tests::rfc7515_a1_key);
    REQUIRE(a1_key);
    CHECK(to_base64url(hmac_sha256(*a1_key, as_bytes(a1.substr(0, a1.rfind('.')))).bytes) == a1.substr(a1.rfind('.') + 1));

    CHECK(jws::sign_hs256(SecretBytes(31), as_bytes("{}"), {}).error() == Errc::format);
    CHECK(jws::sign_hs256(SecretBytes(32), as_bytes("{}"), {"", "JWT"}));
    CHECK(jws::sign_hs256(SecretBytes(1024), as_bytes("{}"), {}));
    CHECK(jws::sign_hs256(SecretBytes(1025), as_bytes("{}"), {}).error() == Errc::limit);
    CHECK(jws::sign_hs256(SecretBytes(32), as_bytes("{}"), {"\xff", ""}).error() == Errc::format);
    CHECK(jws::sign_hs256(SecretBytes(32), as_bytes("{}"), {"", "\xc3"}).error() == Errc::format);
}

TEST_CASE("a token may be 32 KiB long") {
    const auto verifier = Verifier::from_jwk(tests::rfc7515_a3_key, Algorithm::es256);
    REQUIRE(verifier);
    const auto padded = [&](std::size_t size) {
        const std::string payload(size - tests::rfc7515_a3_token.size(), 'A');
        std::string token(tests::rfc7515_a3_token);
        return token.insert(token.find('.') + 1, payload);
    };
    CHECK(verifier->verify(padded(jws::token_bytes_max)).error() != Errc::limit);
    CHECK(verifier->verify(padded(jws::token_bytes_max + 1)).error() == Errc::limit);
}

TEST_CASE("a key's thumbprint is that of RFC 7638 and RFC 8037, whatever else the key says") {
    const auto thumbprint = [](std::string_view key, Algorithm algorithm) {
        const auto verifier = Verifier::from_jwk(key, algorithm);
        REQUIRE(verifier);
        return to_base64url(verifier->thumbprint().bytes);
    };
    CHECK(thumbprint(tests::rfc7638_key, Algorithm::rs256) == "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
    CHECK(thumbprint(tests::rfc8037_a4_key, Algorithm::eddsa) == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
    const auto plain = thumbprint(tests::rfc7515_a3_key, Algorithm::es256);
    CHECK(thumbprint(p256_key_with(R"("kid":"x","e":"AQAB","n":"AA")"), Algorithm::es256) == plain);
}

TEST_CASE("a private key is no public one") {
    for (const char* member : {"d", "p", "q", "dp", "dq", "qi", "oth", "k"}) {
        INFO(member);
        const auto key = p256_key_with('"' + std::string(member) + R"(":"AA")");
        CHECK(Verifier::from_jwk(key, Algorithm::es256).error() == Errc::format);
        CHECK(jws::parse_key_set(R"({"keys":[)" + std::string(tests::rfc7515_a3_key) + "," + key + "]}").error() == Errc::format);
    }
}

TEST_CASE("of a key set those keys count that can verify what we take") {
    const auto set_of = [](const std::string& keys) { return jws::parse_key_set(R"({"keys":[)" + keys + "]}"); };
    const std::string ec(tests::rfc7515_a3_key);
    const auto all = set_of(
        ec + "," + std::string(tests::rfc7515_a2_key) + "," + std::string(tests::rfc8037_a4_key) + "," +
        p256_key_with(R"("alg":"ES256","use":"sig")") + "," + p256_key_with(R"("use":"enc")") + "," + p256_key_with(R"("alg":"ES384")") +
        R"(,{"kty":"EC","crv":"P-384","x":"AA","y":"AA"},{"kty":"oct"},{})"
    );
    REQUIRE(all);
    REQUIRE(all->size() == 4);
    CHECK((*all)[0].algorithm == Algorithm::es256);
    CHECK((*all)[1].algorithm == Algorithm::rs256);
    CHECK((*all)[2].algorithm == Algorithm::eddsa);
    CHECK((*all)[3].algorithm == Algorithm::es256);
    for (const auto& key : *all) {
        CHECK(Verifier::from_jwk(key.jwk, key.algorithm));
    }
    for (const std::string keys : {"", "1", "[]", R"({"kty":"oct"})", R"({"kty":"EC","crv":"P-256","x":"AA","y":"AA"})"}) {
        INFO(keys);
        CHECK(set_of(keys).error() == Errc::format);
    }
    CHECK(jws::parse_key_set("[]").error() == Errc::format);
    CHECK(jws::parse_key_set("{}").error() == Errc::format);
    std::string many = ec;
    for (std::size_t count = 1; count < jws::keys_max; ++count) {
        many += "," + ec;
    }
    CHECK(set_of(many));
    CHECK(set_of(many + "," + ec).error() == Errc::limit);
    CHECK(jws::parse_key_set(std::string(jws::key_set_bytes_max, ' ')).error() == Errc::format);
    CHECK(jws::parse_key_set(std::string(jws::key_set_bytes_max + 1, ' ')).error() == Errc::limit);
}

TEST_CASE("what a token says of itself can be read before it is verified") {
    const auto claim = jws::read_unverified(tests::rfc7515_a3_token);
    REQUIRE(claim);
    CHECK(claim->algorithm == "ES256");
    CHECK(claim->type.empty());
    CHECK(claim->key.empty());
    CHECK(as_text(claim->payload) == tests::rfc7515_payload);
    CHECK(jws::read_unverified(with_header(R"({"alg":"none","typ":"dpop+jwt","jwk":{"kty":"EC"}})"))->key == R"({"kty":"EC"})");
    for (const char* header : {"", "[]", R"({"alg":1})", R"({"typ":1})", R"({"jwk":"x"})", R"({"alg":"a","alg":"b"})"}) {
        INFO(header);
        CHECK(jws::read_unverified(with_header(header)).error() == Errc::format);
    }
    CHECK(jws::read_unverified("a.b").error() == Errc::format);
    CHECK(jws::read_unverified(std::string(jws::token_bytes_max + 1, 'a')).error() == Errc::format);
    CHECK(jws::parse_algorithm("EdDSA") == Algorithm::eddsa);
    for (const char* name : {"none", "HS256", "es256", "ES384", ""}) {
        CHECK_FALSE(jws::parse_algorithm(name));
    }
}
