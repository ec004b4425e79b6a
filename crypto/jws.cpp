#include "crypto/jws.hpp"

#include "crypto/digest.hpp"
#include "crypto/encoding.hpp"
#include "crypto/ensure.hpp"
#include "crypto/errors.hpp"
#include "crypto/jws_text.hpp"
#include "crypto/owned.hpp"
#include "crypto/utf8.hpp"

#include <nlohmann/json.hpp>

#include <openssl/bn.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

#include <optional>
#include <set>

namespace crypto::jws {

namespace {

using nlohmann::json;

constexpr std::size_t hmac_key_min = 32;
constexpr std::size_t hmac_key_max = 1024;
constexpr std::size_t coordinate_size = 32;

using Number = std::unique_ptr<BIGNUM, FreeWith<BN_free>>;
using DigestContext = std::unique_ptr<EVP_MD_CTX, FreeWith<EVP_MD_CTX_free>>;
using EcdsaSignature = std::unique_ptr<ECDSA_SIG, FreeWith<ECDSA_SIG_free>>;

bool is_name(std::string_view text) {
    return is_utf8(text, [](char32_t point) { return point >= 0x20; });
}

Number number_of(ByteView bytes) {
    return made(Number(BN_bin2bn(bytes.data(), static_cast<int>(bytes.size()), nullptr)));
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

struct Parts {
    std::string_view header, payload, signature;
    std::string_view signed_text;  // header and payload with the '.' between them
};

std::optional<Parts> parts_of(std::string_view token) {
    const std::size_t first = token.find('.');
    const std::size_t second = first == std::string_view::npos ? first : token.find('.', first + 1);
    if (second == std::string_view::npos) {
        return std::nullopt;
    }
    return Parts{token.substr(0, first), token.substr(first + 1, second - first - 1), token.substr(second + 1), token.substr(0, second)};
}

}  // namespace

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

std::optional<Algorithm> parse_algorithm(std::string_view name) {
    for (const auto algorithm : {Algorithm::es256, Algorithm::ps256, Algorithm::rs256, Algorithm::eddsa}) {
        if (name == names_of(algorithm).algorithm) {
            return algorithm;
        }
    }
    return std::nullopt;
}

bool parse_object(std::string_view text, json& object) {
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
    object = json::parse(text, watch, false);
    return !twice && object.is_object();
}

std::optional<std::string> text_of(const json& object, const char* name) {
    const auto member = object.find(name);
    if (member == object.end()) {
        return std::string();
    }
    return member->is_string() ? std::optional(member->get<std::string>()) : std::nullopt;
}

Result<Claim> read_unverified(std::string_view token) {
    const auto parts = token.size() <= token_bytes_max ? parts_of(token) : std::nullopt;
    const auto header_text = parts ? from_base64url(parts->header) : Result<Bytes>(Errc::format);
    auto payload = parts ? from_base64url(parts->payload) : Result<Bytes>(Errc::format);
    json header;
    if (!header_text || !payload || !parse_object(as_text(*header_text), header)) {
        return Errc::format;
    }
    const auto algorithm = text_of(header, "alg");
    const auto type = text_of(header, "typ");
    const auto key = header.find("jwk");
    if (!algorithm || !type || (key != header.end() && !key->is_object())) {
        return Errc::format;
    }
    return Claim{*algorithm, *type, key == header.end() ? std::string() : key->dump(), *std::move(payload)};
}

void Verifier::FreeKey::operator()(EVP_PKEY* key) const noexcept {
    EVP_PKEY_free(key);
}

Result<Token> Verifier::verify(std::string_view text) const {
    if (text.size() > token_bytes_max) {
        return Errc::limit;
    }
    const auto parts = parts_of(text);
    if (!parts) {
        return Errc::format;
    }
    const auto header_text = from_base64url(parts->header);
    const auto payload = from_base64url(parts->payload);
    const auto signature = from_base64url(parts->signature);  // a third '.' is no base64
    json header;
    if (!header_text || !payload || !signature || !parse_object(as_text(*header_text), header)) {
        return Errc::format;
    }
    // `crit` and `b64` change what the rest means, `zip` belongs to encryption, `jku` and `x5u` name keys that we would have to believe.
    for (const char* refused : {"crit", "b64", "zip", "jku", "x5u"}) {
        if (header.contains(refused)) {
            return Errc::format;
        }
    }
    const auto key_id = text_of(header, "kid");
    const auto type = text_of(header, "typ");
    if (!key_id || !type) {
        return Errc::format;
    }
    const bool ours =
        text_of(header, "alg") == names_of(algorithm_).algorithm && (key_id->empty() || key_id_.empty() || *key_id == key_id_);
    if (!ours || !verifies(algorithm_, key_.get(), as_bytes(parts->signed_text), *signature)) {
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
