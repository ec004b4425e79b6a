#include "crypto/open/identity.hpp"

#include "crypto/age/inspect.hpp"
#include "crypto/age/wrap.hpp"
#include "crypto/decimal.hpp"
#include "crypto/encoding.hpp"
#include "crypto/ensure.hpp"
#include "crypto/errors.hpp"

#include <sodium.h>

namespace crypto::open {

namespace {

constexpr std::string_view secret_prefix = "age-secret-key-";
constexpr std::string_view secret_begins = "AGE-SECRET-KEY-1";

void wipe_text(std::string& text) {
    wipe({reinterpret_cast<std::uint8_t*>(text.data()), text.size()});
}

std::array<std::uint8_t, 32> point_of(const Secret<32>& scalar) {
    std::array<std::uint8_t, 32> point;
    ensure(crypto_scalarmult_base(point.data(), scalar.expose().data()) == 0, "X25519 of the base point");
    return point;
}

// The size was checked before: 32 bytes, so that no longer key can be smuggled in (C2SP age v1, "partitioning oracle").
Result<age::FileKey> unwrap_file_key(const Secret<32>& wrapping_key, ByteView wrapped) {
    ensure(wrapped.size() == age::wrapped_size, "a wrapped file key has 32 bytes");
    constexpr std::array<std::uint8_t, crypto_aead_chacha20poly1305_IETF_NPUBBYTES> nonce{};
    age::FileKey file_key;
    const int opened = crypto_aead_chacha20poly1305_ietf_decrypt(
        file_key.expose_writable().data(),
        nullptr,
        nullptr,
        wrapped.data(),
        wrapped.size(),
        nullptr,
        0,
        nonce.data(),
        wrapping_key.expose().data()
    );
    if (opened != 0) {
        return Errc::no_match;
    }
    return file_key;
}

Result<void> check_all(std::span<const age::Stanza> stanzas) {
    for (const age::Stanza& stanza : stanzas) {
        const auto checked = age::check_stanza(stanza, stanzas.size());
        if (!checked) {
            return checked;
        }
    }
    return {};
}

}  // namespace

X25519Identity X25519Identity::generate(Random& random) {
    return X25519Identity(random.secret<32>());
}

Result<X25519Identity> X25519Identity::parse(std::string_view text) {
    if (!text.starts_with(secret_begins)) {
        return Errc::format;
    }
    auto decoded = from_bech32(text);
    if (!decoded) {
        return decoded.error();
    }
    if (decoded->prefix != secret_prefix || decoded->bytes.size() != 32) {
        wipe(decoded->bytes);
        return Errc::format;
    }
    Secret<32> scalar;
    std::copy(decoded->bytes.begin(), decoded->bytes.end(), scalar.expose_writable().begin());
    wipe(decoded->bytes);
    return X25519Identity(std::move(scalar));
}

X25519Identity::X25519Identity(Secret<32> scalar) : scalar_(std::move(scalar)), recipient_(point_of(scalar_)) {}

SecretBytes X25519Identity::text() const {
    std::string lower = to_bech32(secret_prefix, scalar_.expose());
    SecretBytes text(lower.size());
    std::transform(lower.begin(), lower.end(), text.expose_writable().begin(), [](char character) {
        const bool small = character >= 'a' && character <= 'z';
        return static_cast<std::uint8_t>(small ? character - 'a' + 'A' : character);
    });
    wipe_text(lower);
    return text;
}

Result<age::FileKey> X25519Identity::unwrap(std::span<const age::Stanza> stanzas) const {
    const auto checked = check_all(stanzas);
    if (!checked) {
        return checked.error();
    }
    const auto point = point_of(scalar_);
    for (const age::Stanza& stanza : stanzas) {
        if (stanza.type != age::x25519_type) {
            continue;
        }
        const auto share = from_base64_raw(stanza.arguments.front());
        ensure(share && share->size() == 32, "the stanza was checked");
        Secret<32> shared;
        if (crypto_scalarmult(shared.expose_writable().data(), scalar_.expose().data(), share->data()) != 0) {
            return Errc::header;  // an all-zero shared secret: a point of low order
        }
        const auto key = age::x25519_wrapping_key(shared, {std::span<const std::uint8_t, 32>(share->data(), 32), point});
        auto file_key = unwrap_file_key(key, stanza.body);
        if (file_key) {
            return file_key;
        }
    }
    return Errc::no_match;
}

ScryptIdentity::ScryptIdentity(SecretBytes passphrase, unsigned log_n_max) noexcept
    : passphrase_(std::move(passphrase)), log_n_max_(log_n_max) {}

Result<age::FileKey> ScryptIdentity::unwrap(std::span<const age::Stanza> stanzas) const {
    const auto checked = check_all(stanzas);
    if (!checked) {
        return checked.error();
    }
    if (stanzas.size() != 1 || stanzas.front().type != age::scrypt_type) {
        return Errc::no_match;
    }
    const age::Stanza& stanza = stanzas.front();
    const auto salt = from_base64_raw(stanza.arguments[0]);
    const auto log_n = parse_decimal(stanza.arguments[1]);
    if (!log_n || *log_n > log_n_max_) {
        return Errc::limit;  // a number too large for 64 bits is above every limit too
    }
    ensure(salt.has_value(), "the stanza was checked");
    return unwrap_file_key(age::scrypt_wrapping_key(passphrase_, {static_cast<unsigned>(*log_n)}, *salt), stanza.body);
}

Result<std::vector<X25519Identity>> parse_identity_file(std::string_view text) {
    std::vector<X25519Identity> identities;
    while (!text.empty()) {
        const std::size_t end = text.find('\n');
        std::string_view line = text.substr(0, end);
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
        line.remove_suffix(line.ends_with('\r') ? 1 : 0);
        if (line.empty() || line.starts_with('#')) {
            continue;
        }
        auto identity = X25519Identity::parse(line);
        if (!identity) {
            return identity.error();
        }
        identities.push_back(std::move(*identity));
    }
    if (identities.empty()) {
        return Errc::format;
    }
    return identities;
}

}  // namespace crypto::open
