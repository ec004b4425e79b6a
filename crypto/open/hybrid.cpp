#include "crypto/open/hybrid.hpp"

#include "crypto/encoding.hpp"
#include "crypto/ensure.hpp"
#include "crypto/errors.hpp"
#include "crypto/open/unwrap.hpp"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <sodium.h>

#include <new>

namespace crypto::open {

namespace {

constexpr std::string_view secret_prefix = "age-secret-key-pq-";
constexpr std::size_t ml_kem_seed = 64;  // FIPS 203: d ‖ z

struct FreeKeyContext {
    void operator()(EVP_PKEY_CTX* context) const noexcept { EVP_PKEY_CTX_free(context); }
};
struct FreeDigest {
    void operator()(EVP_MD_CTX* context) const noexcept { EVP_MD_CTX_free(context); }
};
using KeyContext = std::unique_ptr<EVP_PKEY_CTX, FreeKeyContext>;

// draft-connolly-cfrg-xwing-kem, "Key derivation": SHAKE-256 of the seed gives ML-KEM's 64 bytes, then X25519's 32.
Secret<ml_kem_seed + 32> expand(const Secret<32>& seed) {
    const std::unique_ptr<EVP_MD_CTX, FreeDigest> context(EVP_MD_CTX_new());
    if (!context) {
        throw std::bad_alloc();
    }
    static const EVP_MD* const method = EVP_MD_fetch(nullptr, "SHAKE256", nullptr);
    Secret<ml_kem_seed + 32> expanded;
    const bool good = method != nullptr && EVP_DigestInit_ex2(context.get(), method, nullptr) == 1 &&
                      EVP_DigestUpdate(context.get(), seed.expose().data(), seed.expose().size()) == 1 &&
                      EVP_DigestFinalXOF(context.get(), expanded.expose_writable().data(), expanded.expose().size()) == 1;
    ensure(good, "OpenSSL has SHAKE-256");
    return expanded;
}

EVP_PKEY* ml_kem_from(std::span<std::uint8_t, ml_kem_seed> seed) {
    const KeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, "ML-KEM-768", nullptr));
    std::array<OSSL_PARAM, 2> parameters{
        OSSL_PARAM_construct_octet_string("seed", seed.data(), seed.size()),
        OSSL_PARAM_construct_end(),
    };
    EVP_PKEY* key = nullptr;
    const bool made = context && EVP_PKEY_fromdata_init(context.get()) == 1 &&
                      EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_KEYPAIR, parameters.data()) == 1;
    return made ? key : nullptr;
}

}  // namespace

void HybridIdentity::FreeKey::operator()(EVP_PKEY* key) const noexcept {
    EVP_PKEY_free(key);
}

Result<HybridIdentity> HybridIdentity::from_seed(Secret<32> seed) {
    if (!age::has_ml_kem()) {
        return Errc::unsupported;
    }
    auto expanded = expand(seed);
    MlKemKey ml_kem(ml_kem_from(expanded.expose_writable().first<ml_kem_seed>()));
    auto scalar = Secret<32>::copy_of(expanded.expose().last<32>());
    std::array<std::uint8_t, age::hybrid_point> point;
    std::size_t size = 0;
    const bool good = ml_kem &&
                      EVP_PKEY_get_octet_string_param(ml_kem.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(), age::ml_kem_point, &size) == 1 &&
                      size == age::ml_kem_point && crypto_scalarmult_base(point.data() + age::ml_kem_point, scalar.expose().data()) == 0;
    ensure(good, "every seed makes a key");
    return HybridIdentity(std::move(seed), std::move(ml_kem), std::move(scalar), age::HybridRecipient(point));
}

HybridIdentity::HybridIdentity(Secret<32> seed, MlKemKey ml_kem, Secret<32> scalar, age::HybridRecipient recipient)
    : seed_(std::move(seed)), ml_kem_(std::move(ml_kem)), scalar_(std::move(scalar)), recipient_(std::move(recipient)) {
    ensure(crypto_scalarmult_base(point_.data(), scalar_.expose().data()) == 0, "X25519 of the base point");
}

Result<HybridIdentity> HybridIdentity::generate(Random& random) {
    return from_seed(random.secret<32>());
}

Result<HybridIdentity> HybridIdentity::parse(std::string_view text) {
    auto seed = parse_secret(secret_prefix, text);
    return seed ? from_seed(std::move(*seed)) : Result<HybridIdentity>(seed.error());
}

SecretBytes HybridIdentity::text() const {
    return format_secret(secret_prefix, seed_);
}

Result<age::FileKey> HybridIdentity::unwrap(std::span<const age::Stanza> stanzas) const {
    for (const age::Stanza& stanza : stanzas) {
        if (stanza.type == age::hybrid_type) {
            auto file_key = unwrap_one(stanza);
            if (file_key || file_key.error() != Errc::no_match) {
                return file_key;
            }
        }
    }
    return Errc::no_match;
}

// ML-KEM never refuses a ciphertext, it gives another secret (FIPS 203, "implicit rejection"): a wrong key shows in the body's tag.
Result<age::FileKey> HybridIdentity::unwrap_one(const age::Stanza& stanza) const {
    const auto argument = from_base64_raw(stanza.arguments.front());
    ensure(argument && argument->size() == age::hybrid_share, "the stanza was checked");
    const std::span<const std::uint8_t, 32> share(argument->data() + age::ml_kem_ciphertext, 32);
    age::HybridSecrets secrets;
    if (crypto_scalarmult(secrets.x25519.expose_writable().data(), scalar_.expose().data(), share.data()) != 0) {
        return Errc::header;  // an all-zero shared secret: a point of low order
    }
    const KeyContext context(EVP_PKEY_CTX_new_from_pkey(nullptr, ml_kem_.get(), nullptr));
    std::size_t size = secrets.ml_kem.expose().size();
    const bool good =
        context && EVP_PKEY_decapsulate_init(context.get(), nullptr) == 1 &&
        EVP_PKEY_decapsulate(context.get(), secrets.ml_kem.expose_writable().data(), &size, argument->data(), age::ml_kem_ciphertext) == 1;
    ensure(good, "every ciphertext of this size decapsulates to something");
    const age::WrappingKey wrapping = age::hybrid_wrapping_key(secrets, {share, point_});
    return unwrap_file_key(wrapping.key, stanza.body, wrapping.nonce);
}

Result<std::vector<std::unique_ptr<KeyIdentity>>> parse_identities(std::string_view text) {
    std::vector<std::unique_ptr<KeyIdentity>> identities;
    const auto keep = [&identities](auto identity) -> Result<void> {
        if (!identity) {
            return identity.error();
        }
        identities.push_back(std::make_unique<std::decay_t<decltype(*identity)>>(std::move(*identity)));
        return {};
    };
    const auto read = each_key_line(text, [&keep](std::string_view line) {
        return line.starts_with("AGE-SECRET-KEY-PQ-1") ? keep(HybridIdentity::parse(line)) : keep(X25519Identity::parse(line));
    });
    if (!read) {
        return read.error();
    }
    return identities;
}

}  // namespace crypto::open
