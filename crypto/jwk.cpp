#include "crypto/digest.hpp"
#include "crypto/encoding.hpp"
#include "crypto/errors.hpp"
#include "crypto/jws.hpp"
#include "crypto/jws_text.hpp"
#include "crypto/owned.hpp"

#include <nlohmann/json.hpp>

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>

#include <algorithm>

namespace crypto::jws {

namespace {

using nlohmann::json;

constexpr std::size_t coordinate_size = 32;
constexpr int modulus_bits_min = 2048;
constexpr int modulus_bits_max = 8192;
constexpr int exponent_bits_max = 64;  // what verifying costs grows with it

using Number = std::unique_ptr<BIGNUM, FreeWith<BN_free>>;
using Key = std::unique_ptr<EVP_PKEY, FreeWith<EVP_PKEY_free>>;
using KeyContext = std::unique_ptr<EVP_PKEY_CTX, FreeWith<EVP_PKEY_CTX_free>>;
using ParameterBuilder = std::unique_ptr<OSSL_PARAM_BLD, FreeWith<OSSL_PARAM_BLD_free>>;
using Parameters = std::unique_ptr<OSSL_PARAM, FreeWith<OSSL_PARAM_free>>;

std::optional<Bytes> bytes_of(const json& object, const char* name) {
    const auto text = text_of(object, name);
    const auto bytes = text ? from_base64url(*text) : Result<Bytes>(Errc::format);
    return bytes && !bytes->empty() ? std::optional(*bytes) : std::nullopt;
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

// A key that can sign, handed about as a public one: whoever holds the file or reads the token could speak for its owner.
bool tells_a_secret(const json& jwk) {
    const auto there = [&jwk](const char* name) { return jwk.contains(name); };
    return std::ranges::any_of(std::array{"d", "p", "q", "dp", "dq", "qi", "oth", "k"}, there);
}

// RFC 7638 section 3, RFC 8037 section 2: the members that make the key, by name, without a space. The key was built from them, so they
// are base64url, and of that there is one text for one value.
Digest thumbprint_of(const json& jwk, const Names& names) {
    json members = {{"kty", names.key_type}};
    for (const char* name : {"crv", "e", "n", "x", "y"}) {
        const bool belongs = names.key_type == "RSA" ? *name == 'e' || *name == 'n' : *name != 'e' && *name != 'n';
        const bool is_point_of_two = *name != 'y' || names.key_type == "EC";
        if (belongs && is_point_of_two) {
            members[name] = jwk.at(name);
        }
    }
    return sha256(as_bytes(members.dump()));
}

// What the key names, or what its type leaves no choice about. RSA without a name is RS256, which is what everybody means by it.
std::optional<Algorithm> algorithm_for(const json& jwk) {
    const auto named = text_of(jwk, "alg");
    if (!named || !named->empty()) {
        return named ? parse_algorithm(*named) : std::nullopt;
    }
    for (const auto algorithm : {Algorithm::es256, Algorithm::eddsa, Algorithm::rs256}) {
        const auto names = names_of(algorithm);
        if (text_of(jwk, "kty") == names.key_type && text_of(jwk, "crv").value_or("?") == names.curve) {
            return algorithm;
        }
    }
    return std::nullopt;
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

}  // namespace

Result<Verifier> Verifier::from_jwk(std::string_view text, Algorithm algorithm) {
    if (text.size() > token_bytes_max) {
        return Errc::limit;
    }
    json jwk;
    const Names names = names_of(algorithm);
    if (!parse_object(text, jwk) || text_of(jwk, "kty") != names.key_type || text_of(jwk, "crv").value_or("?") != names.curve ||
        !may_verify(jwk, names) || tells_a_secret(jwk)) {
        return Errc::format;
    }
    const auto key_id = text_of(jwk, "kid");
    Key key = algorithm == Algorithm::es256 ? p256_key(jwk) : algorithm == Algorithm::eddsa ? ed25519_key(jwk) : rsa_key(jwk);
    if (!key || !key_id) {
        return Errc::format;
    }
    Verifier verifier;
    verifier.algorithm_ = algorithm;
    verifier.key_id_ = *key_id;
    verifier.thumbprint_ = thumbprint_of(jwk, names);
    verifier.key_.reset(key.release());
    return verifier;
}

Result<std::vector<PublicKey>> parse_key_set(std::string_view text) {
    if (text.size() > key_set_bytes_max) {
        return Errc::limit;
    }
    json set;
    if (!parse_object(text, set) || !set.contains("keys") || !set.at("keys").is_array()) {
        return Errc::format;
    }
    std::vector<PublicKey> keys;
    for (const auto& jwk : set.at("keys")) {
        if (!jwk.is_object() || tells_a_secret(jwk)) {
            return Errc::format;
        }
        const auto algorithm = algorithm_for(jwk);
        if (!algorithm || !may_verify(jwk, names_of(*algorithm))) {
            continue;  // RFC 7517 section 5: for something else, or of a kind we do not know
        }
        keys.push_back({*algorithm, jwk.dump()});
        if (Verifier::from_jwk(keys.back().jwk, *algorithm).has_error()) {
            return Errc::format;
        }
    }
    if (keys.size() > keys_max) {
        return Errc::limit;
    }
    return keys.empty() ? Result<std::vector<PublicKey>>(Errc::format) : Result<std::vector<PublicKey>>(std::move(keys));
}

}  // namespace crypto::jws
