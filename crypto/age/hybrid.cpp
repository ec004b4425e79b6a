#include "crypto/age/hybrid.hpp"

#include "crypto/digest.hpp"
#include "crypto/encoding.hpp"
#include "crypto/ensure.hpp"
#include "crypto/errors.hpp"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <sodium.h>

#include <new>
#include <optional>

namespace crypto::age {

namespace {

constexpr std::string_view prefix = "age1pq";

// HPKE's suite: KEM 0x647a (X-Wing), KDF 0x0001 (HKDF-SHA256), AEAD 0x0003 (ChaCha20Poly1305). RFC 9180 section 5.1.
constexpr std::string_view suite("HPKE\x64\x7a\x00\x01\x00\x03", 10);
constexpr std::string_view hpke_info = "age-encryption.org/mlkem768x25519";
constexpr std::string_view combiner_label = "\\.//^\\";

struct FreeKey {
    void operator()(EVP_PKEY* key) const noexcept { EVP_PKEY_free(key); }
};
struct FreeKeyContext {
    void operator()(EVP_PKEY_CTX* context) const noexcept { EVP_PKEY_CTX_free(context); }
};
struct FreeDigest {
    void operator()(EVP_MD_CTX* context) const noexcept { EVP_MD_CTX_free(context); }
};
using Key = std::unique_ptr<EVP_PKEY, FreeKey>;
using KeyContext = std::unique_ptr<EVP_PKEY_CTX, FreeKeyContext>;

// FIPS 203 section 7.2: OpenSSL checks the modulus of each coefficient on the way in.
Key ml_kem_key(ByteView point) {
    const KeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, "ML-KEM-768", nullptr));
    std::array<OSSL_PARAM, 2> parameters{
        OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, const_cast<std::uint8_t*>(point.data()), point.size()),
        OSSL_PARAM_construct_end(),
    };
    EVP_PKEY* key = nullptr;
    const bool made = context && EVP_PKEY_fromdata_init(context.get()) == 1 &&
                      EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, parameters.data()) == 1;
    return Key(made ? key : nullptr);
}

struct Encapsulated {
    std::array<std::uint8_t, ml_kem_ciphertext> ciphertext{};
    Secret<32> shared;
};

std::optional<Encapsulated> ml_kem_encapsulate(ByteView point, Random& random) {
    const Key key = ml_kem_key(point);
    const KeyContext context(key ? EVP_PKEY_CTX_new_from_pkey(nullptr, key.get(), nullptr) : nullptr);
    Secret<32> entropy = random.secret<32>();
    std::array<OSSL_PARAM, 2> parameters{
        OSSL_PARAM_construct_octet_string("ikme", entropy.expose_writable().data(), entropy.expose().size()),
        OSSL_PARAM_construct_end(),
    };
    Encapsulated made;
    std::size_t ciphertext_size = made.ciphertext.size();
    std::size_t shared_size = made.shared.expose().size();
    const bool good =
        context && EVP_PKEY_encapsulate_init(context.get(), parameters.data()) == 1 &&
        EVP_PKEY_encapsulate(context.get(), made.ciphertext.data(), &ciphertext_size, made.shared.expose_writable().data(), &shared_size) ==
            1;
    return good ? std::optional(std::move(made)) : std::nullopt;
}

// draft-connolly-cfrg-xwing-kem, "Combiner": SHA3-256(ML-KEM's secret ‖ X25519's secret ‖ share ‖ point ‖ label).
Secret<32> combine(const HybridSecrets& secrets, X25519Pair pair) {
    const std::unique_ptr<EVP_MD_CTX, FreeDigest> context(EVP_MD_CTX_new());
    static const EVP_MD* const method = EVP_MD_fetch(nullptr, "SHA3-256", nullptr);
    if (!context) {
        throw std::bad_alloc();
    }
    bool good = method != nullptr && EVP_DigestInit_ex2(context.get(), method, nullptr) == 1;
    for (const ByteView part :
         {ByteView(secrets.ml_kem.expose()),
          ByteView(secrets.x25519.expose()),
          ByteView(pair.share),
          ByteView(pair.recipient),
          as_bytes(combiner_label)}) {
        good = good && EVP_DigestUpdate(context.get(), part.data(), part.size()) == 1;
    }
    Secret<32> combined;
    good = good && EVP_DigestFinal_ex(context.get(), combined.expose_writable().data(), nullptr) == 1;
    ensure(good, "OpenSSL has SHA3-256");
    return combined;
}

Bytes labeled(std::string_view label, ByteView rest) {
    Bytes bytes;
    for (const ByteView part : {as_bytes("HPKE-v1"), as_bytes(suite), as_bytes(label), rest}) {
        bytes.insert(bytes.end(), part.begin(), part.end());
    }
    return bytes;
}

// RFC 9180 section 4: LabeledExtract, and LabeledExpand for at most one block of HMAC-SHA-256.
Secret<32> labeled_extract(ByteView salt, std::string_view label, ByteView material) {
    Bytes message = labeled(label, material);
    Digest extracted = hmac_sha256(salt, message);
    Secret<32> secret = Secret<32>::copy_of(extracted.bytes);
    wipe(message);
    wipe(extracted.bytes);
    return secret;
}

void labeled_expand(const Secret<32>& key, std::string_view label, ByteView context, std::span<std::uint8_t> out) {
    Bytes message{0, static_cast<std::uint8_t>(out.size())};
    const Bytes info = labeled(label, context);
    message.insert(message.end(), info.begin(), info.end());
    message.push_back(1);
    Digest block = hmac_sha256(key.expose(), message);
    ensure(out.size() <= block.bytes.size(), "one block is enough");
    std::copy_n(block.bytes.begin(), out.size(), out.begin());
    wipe(block.bytes);
}

}  // namespace

bool has_ml_kem() {
    static const bool has = [] {
        EVP_KEYMGMT* const method = EVP_KEYMGMT_fetch(nullptr, "ML-KEM-768", nullptr);
        EVP_KEYMGMT_free(method);
        return method != nullptr;
    }();
    return has;
}

// RFC 9180 section 5.1, KeySchedule in base mode: no pre-shared key, sequence number 0.
WrappingKey hybrid_wrapping_key(const HybridSecrets& secrets, X25519Pair pair) {
    const Secret<32> shared = combine(secrets, pair);
    const Secret<32> psk_id_hash = labeled_extract({}, "psk_id_hash", {});
    const Secret<32> info_hash = labeled_extract({}, "info_hash", as_bytes(hpke_info));
    Bytes context{0};
    for (const Secret<32>* part : {&psk_id_hash, &info_hash}) {
        context.insert(context.end(), part->expose().begin(), part->expose().end());
    }
    const Secret<32> secret = labeled_extract(shared.expose(), "secret", {});
    WrappingKey wrapping;
    labeled_expand(secret, "key", context, wrapping.key.expose_writable());
    labeled_expand(secret, "base_nonce", context, wrapping.nonce);
    return wrapping;
}

Result<HybridRecipient> HybridRecipient::parse(std::string_view text) {
    const auto decoded = from_bech32(text);
    if (!decoded) {
        return decoded.error();
    }
    if (!text.starts_with(prefix) || decoded->prefix != prefix || decoded->bytes.size() != hybrid_point) {
        return Errc::format;
    }
    if (!has_ml_kem()) {
        return Errc::unsupported;
    }
    if (!ml_kem_key(ByteView(decoded->bytes).first(ml_kem_point))) {
        return Errc::format;
    }
    return HybridRecipient(std::span<const std::uint8_t, hybrid_point>(decoded->bytes.data(), hybrid_point));
}

HybridRecipient::HybridRecipient(std::span<const std::uint8_t, hybrid_point> point) : point_(point.begin(), point.end()) {}

std::string HybridRecipient::text() const {
    return to_bech32(prefix, point_);
}

Result<Stanza> HybridRecipient::wrap(const FileKey& file_key, Random& random) const {
    const ByteView point(point_);
    auto encapsulated = ml_kem_encapsulate(point.first(ml_kem_point), random);
    if (!encapsulated) {
        return has_ml_kem() ? Errc::format : Errc::unsupported;
    }
    const std::span<const std::uint8_t, 32> x25519_point(point.data() + ml_kem_point, 32);
    const Secret<32> ephemeral = random.secret<32>();
    std::array<std::uint8_t, 32> share;
    HybridSecrets secrets{std::move(encapsulated->shared), {}};
    if (crypto_scalarmult_base(share.data(), ephemeral.expose().data()) != 0 ||
        crypto_scalarmult(secrets.x25519.expose_writable().data(), ephemeral.expose().data(), x25519_point.data()) != 0) {
        return Errc::format;  // a point of low order
    }
    Bytes argument(encapsulated->ciphertext.begin(), encapsulated->ciphertext.end());
    argument.insert(argument.end(), share.begin(), share.end());
    const WrappingKey wrapping = hybrid_wrapping_key(secrets, {share, x25519_point});
    Stanza stanza;
    stanza.type = hybrid_type;
    stanza.arguments = {to_base64_raw(argument)};
    stanza.body = wrap_file_key(wrapping.key, file_key, wrapping.nonce);
    return stanza;
}

}  // namespace crypto::age
