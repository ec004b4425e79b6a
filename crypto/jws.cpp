#include "crypto/jws.hpp"

#include "crypto/digest.hpp"
#include "crypto/encoding.hpp"
#include "crypto/ensure.hpp"
#include "crypto/errors.hpp"
#include "crypto/utf8.hpp"

#include <nlohmann/json.hpp>

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/rsa.h>

#include <new>
#include <optional>
#include <set>

namespace crypto::jws {

namespace {

using nlohmann::json;

constexpr std::size_t hmac_key_min = 32;
constexpr std::size_t hmac_key_max = 1024;
constexpr std::size_t coordinate_size = 32;
constexpr int modulus_bits_min = 2048;
constexpr int modulus_bits_max = 8192;
constexpr int exponent_bits_max = 64;  // what verifying costs grows with it

template <auto Free>
struct FreeWith {
    void operator()(auto* object) const noexcept { Free(object); }
};
using Number = std::unique_ptr<BIGNUM, FreeWith<BN_free>>;
using Key = std::unique_ptr<EVP_PKEY, FreeWith<EVP_PKEY_free>>;
using KeyContext = std::unique_ptr<EVP_PKEY_CTX, FreeWith<EVP_PKEY_CTX_free>>;
using DigestContext = std::unique_ptr<EVP_MD_CTX, FreeWith<EVP_MD_CTX_free>>;
using ParameterBuilder = std::unique_ptr<OSSL_PARAM_BLD, FreeWith<OSSL_PARAM_BLD_free>>;
using Parameters = std::unique_ptr<OSSL_PARAM, FreeWith<OSSL_PARAM_free>>;
using EcdsaSignature = std::unique_ptr<ECDSA_SIG, FreeWith<ECDSA_SIG_free>>;

template <class Pointer>
Pointer made(Pointer pointer) {
    if (!pointer) {
        throw std::bad_alloc();
    }
    return pointer;
}

// What "alg" says of each, and the key's type and curve that go with it.
struct Names {
    std::string_view algorithm;
    std::string_view key_type;
    std::string_view curve;  // empty: the type has none
};

Names names_of(Algorithm algorithm) {
    switch (algorithm) {
    case Algorithm::es256:
        return {"ES256", "EC", "P-256"};
    case Algorithm::ps256:
        return {"PS256", "RSA", ""};
    case Algorithm::rs256:
        return {"RS256", "RSA", ""};
    case Algorithm::eddsa:
        return {"EdDSA", "OKP", "Ed25519"};
    }
    ensure(false, "every algorithm has names");
    return {};
}

// A JSON object in which no name stands twice: readers that keep the first and readers that keep the last must not disagree.
std::optional<json> parse_object(std::string_view text) {
    std::vector<std::set<std::string>> open;
    bool twice = false;
    const auto watch = [&](int, json::parse_event_t event, json& parsed) {
        if (event == json::parse_event_t::object_start) {
            open.emplace_back();
        } else if (event == json::parse_event_t::object_end) {
            open.pop_back();
        } else if (event == json::parse_event_t::key) {
            twice = !open.back().insert(parsed.get<std::string>()).second || twice;
        }
        return true;
    };
    json object = json::parse(text, watch, false);
    if (twice || !object.is_object()) {
        return std::nullopt;
    }
    return object;
}

// The text behind `name`: empty when it is not there, nothing when it is something else.
std::optional<std::string> text_of(const json& object, const char* name) {
    const auto member = object.find(name);
    if (member == object.end()) {
        return std::string();
    }
    return member->is_string() ? std::optional(member->get<std::string>()) : std::nullopt;
}

std::optional<Bytes> bytes_of(const json& object, const char* name) {
    const auto text = text_of(object, name);
    const auto bytes = text ? from_base64url(*text) : Result<Bytes>(Errc::format);
    return bytes && !bytes->empty() ? std::optional(*bytes) : std::nullopt;
}

bool is_name(std::string_view text) {
    return is_utf8(text, [](char32_t point) { return point >= 0x20; });
}

// RFC 7517 sections 4.2 to 4.4: what the key says it is for, if it says so.
bool may_verify(const json& jwk, const Names& names) {
    const auto use = text_of(jwk, "use");
    const auto algorithm = text_of(jwk, "alg");
    if (!use || !algorithm || (!use->empty() && *use != "sig") || (!algorithm->empty() && *algorithm != names.algorithm)) {
        return false;
    }
    const auto operations = jwk.find("key_ops");
    return operations == jwk.end() ||
           (operations->is_array() && std::find(operations->begin(), operations->end(), "verify") != operations->end());
}

Key key_from(const char* type, OSSL_PARAM* parameters) {
    const KeyContext context = made(KeyContext(EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr)));
    EVP_PKEY* key = nullptr;
    if (EVP_PKEY_fromdata_init(context.get()) != 1 || EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, parameters) != 1) {
        return nullptr;
    }
    return Key(key);
}

Number number_of(ByteView bytes) {
    return made(Number(BN_bin2bn(bytes.data(), static_cast<int>(bytes.size()), nullptr)));
}

// RFC 7518 section 6.3.1. The exponent as FIPS 186-5 has it: odd and above 2^16.
Key rsa_key(const json& jwk) {
    const auto modulus_bytes = bytes_of(jwk, "n");
    const auto exponent_bytes = bytes_of(jwk, "e");
    if (!modulus_bytes || !exponent_bytes || modulus_bytes->front() == 0 || exponent_bytes->front() == 0) {
        return nullptr;  // the octets are the fewest possible
    }
    const Number modulus = number_of(*modulus_bytes);
    const Number exponent = number_of(*exponent_bytes);
    const int modulus_bits = BN_num_bits(modulus.get());
    const int exponent_bits = BN_num_bits(exponent.get());
    if (modulus_bits < modulus_bits_min || modulus_bits > modulus_bits_max || BN_is_odd(modulus.get()) == 0 || exponent_bits < 17 ||
        exponent_bits > exponent_bits_max || BN_is_odd(exponent.get()) == 0) {
        return nullptr;
    }
    const ParameterBuilder builder = made(ParameterBuilder(OSSL_PARAM_BLD_new()));
    const bool pushed = OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, modulus.get()) == 1 &&
                        OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, exponent.get()) == 1;
    const Parameters parameters = made(Parameters(pushed ? OSSL_PARAM_BLD_to_param(builder.get()) : nullptr));
    return key_from("RSA", parameters.get());
}

// RFC 7518 section 6.2.1: both coordinates at full length. OpenSSL refuses a point that is not on the curve.
Key p256_key(const json& jwk) {
    const auto x = bytes_of(jwk, "x");
    const auto y = bytes_of(jwk, "y");
    if (!x || !y || x->size() != coordinate_size || y->size() != coordinate_size) {
        return nullptr;
    }
    Bytes point{POINT_CONVERSION_UNCOMPRESSED};
    point.insert(point.end(), x->begin(), x->end());
    point.insert(point.end(), y->begin(), y->end());
    std::string curve = "prime256v1";
    std::array<OSSL_PARAM, 3> parameters{
        OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, curve.data(), 0),
        OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size()),
        OSSL_PARAM_construct_end(),
    };
    Key key = key_from("EC", parameters.data());
    const KeyContext check(key ? EVP_PKEY_CTX_new_from_pkey(nullptr, key.get(), nullptr) : nullptr);
    return check && EVP_PKEY_public_check(check.get()) == 1 ? std::move(key) : nullptr;
}

// RFC 8037 section 2.
Key ed25519_key(const json& jwk) {
    const auto point = bytes_of(jwk, "x");
    if (!point || point->size() != coordinate_size) {
        return nullptr;
    }
    return Key(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, point->data(), point->size()));
}

// RFC 7518 section 3.4: two numbers of 32 bytes, where OpenSSL wants DER. Empty when they are no such numbers.
Bytes der_of(ByteView signature) {
    if (signature.size() != 2 * coordinate_size) {
        return {};
    }
    const EcdsaSignature numbers = made(EcdsaSignature(ECDSA_SIG_new()));
    Number r = number_of(signature.first(coordinate_size));
    Number s = number_of(signature.subspan(coordinate_size));
    ensure(ECDSA_SIG_set0(numbers.get(), r.release(), s.release()) == 1, "both numbers are there");
    unsigned char* encoded = nullptr;
    const int size = i2d_ECDSA_SIG(numbers.get(), &encoded);
    if (size <= 0) {
        throw std::bad_alloc();
    }
    Bytes der(encoded, encoded + size);
    OPENSSL_free(encoded);
    return der;
}

bool verifies(Algorithm algorithm, EVP_PKEY* key, ByteView message, ByteView signature) {
    const DigestContext context = made(DigestContext(EVP_MD_CTX_new()));
    EVP_PKEY_CTX* settings = nullptr;  // belongs to `context`
    const char* digest = algorithm == Algorithm::eddsa ? nullptr : "SHA256";
    bool good = EVP_DigestVerifyInit_ex(context.get(), &settings, digest, nullptr, nullptr, key, nullptr) == 1;
    if (algorithm == Algorithm::ps256) {  // RFC 7518 section 3.5: MGF1 with SHA-256, a salt as long as the hash
        good = good && EVP_PKEY_CTX_set_rsa_padding(settings, RSA_PKCS1_PSS_PADDING) == 1;
        good = good && EVP_PKEY_CTX_set_rsa_pss_saltlen(settings, RSA_PSS_SALTLEN_DIGEST) == 1;
    }
    const Bytes der = algorithm == Algorithm::es256 ? der_of(signature) : Bytes();
    const ByteView as_openssl_has_it = algorithm == Algorithm::es256 ? ByteView(der) : signature;
    return good && !as_openssl_has_it.empty() &&
           EVP_DigestVerify(context.get(), as_openssl_has_it.data(), as_openssl_has_it.size(), message.data(), message.size()) == 1;
}

}  // namespace

void Verifier::FreeKey::operator()(EVP_PKEY* key) const noexcept {
    EVP_PKEY_free(key);
}

Result<Verifier> Verifier::from_jwk(std::string_view text, Algorithm algorithm) {
    if (text.size() > token_bytes_max) {
        return Errc::limit;
    }
    const auto jwk = parse_object(text);
    const Names names = names_of(algorithm);
    if (!jwk || text_of(*jwk, "kty") != names.key_type || text_of(*jwk, "crv").value_or("?") != names.curve || !may_verify(*jwk, names)) {
        return Errc::format;
    }
    const auto key_id = text_of(*jwk, "kid");
    Key key = algorithm == Algorithm::es256 ? p256_key(*jwk) : algorithm == Algorithm::eddsa ? ed25519_key(*jwk) : rsa_key(*jwk);
    if (!key || !key_id) {
        return Errc::format;
    }
    Verifier verifier;
    verifier.algorithm_ = algorithm;
    verifier.key_id_ = *key_id;
    verifier.key_.reset(key.release());
    return verifier;
}

Result<Token> Verifier::verify(std::string_view text) const {
    if (text.size() > token_bytes_max) {
        return Errc::limit;
    }
    const std::size_t first = text.find('.');
    const std::size_t second = first == std::string_view::npos ? first : text.find('.', first + 1);
    if (second == std::string_view::npos) {
        return Errc::format;
    }
    const auto header_text = from_base64url(text.substr(0, first));
    const auto payload = from_base64url(text.substr(first + 1, second - first - 1));
    const auto signature = from_base64url(text.substr(second + 1));  // a third '.' is no base64
    const auto header = header_text ? parse_object(as_text(*header_text)) : std::nullopt;
    if (!header || !payload || !signature) {
        return Errc::format;
    }
    // `crit` and `b64` change what the rest means, `zip` belongs to encryption, `jku` and `x5u` name keys that we would have to believe.
    for (const char* refused : {"crit", "b64", "zip", "jku", "x5u"}) {
        if (header->contains(refused)) {
            return Errc::format;
        }
    }
    const auto key_id = text_of(*header, "kid");
    const auto type = text_of(*header, "typ");
    if (!key_id || !type) {
        return Errc::format;
    }
    const bool ours =
        text_of(*header, "alg") == names_of(algorithm_).algorithm && (key_id->empty() || key_id_.empty() || *key_id == key_id_);
    if (!ours || !verifies(algorithm_, key_.get(), as_bytes(text.substr(0, second)), *signature)) {
        return Errc::signature;
    }
    return Token{*key_id, *type, *payload};
}

Result<std::string> sign_hs256(const SecretBytes& key, ByteView payload, const HeaderNames& names) {
    if (key.size() < hmac_key_min || !is_name(names.key_id) || !is_name(names.type)) {
        return Errc::format;
    }
    if (key.size() > hmac_key_max) {
        return Errc::limit;
    }
    json header{{"alg", "HS256"}};
    if (!names.key_id.empty()) {
        header["kid"] = names.key_id;
    }
    if (!names.type.empty()) {
        header["typ"] = names.type;
    }
    std::string token = to_base64url(as_bytes(header.dump())) + '.' + to_base64url(payload);
    token += '.' + to_base64url(hmac_sha256(key.expose(), as_bytes(token)).bytes);
    return token;
}

}  // namespace crypto::jws
