#include "crypto/open/unwrap.hpp"

#include "crypto/encoding.hpp"
#include "crypto/ensure.hpp"
#include "crypto/errors.hpp"

#include <sodium.h>

namespace crypto::open {

Result<Secret<32>> parse_secret(std::string_view prefix, std::string_view text) {
    const bool upper = std::ranges::none_of(text, [](char character) { return character >= 'a' && character <= 'z'; });
    if (!upper) {
        return Errc::format;
    }
    auto decoded = from_bech32(text);
    if (!decoded) {
        return decoded.error();
    }
    const bool good = decoded->prefix == prefix && decoded->bytes.size() == 32;
    Secret<32> secret;
    if (good) {
        std::copy(decoded->bytes.begin(), decoded->bytes.end(), secret.expose_writable().begin());
    }
    wipe(decoded->bytes);
    return good ? Result<Secret<32>>(std::move(secret)) : Result<Secret<32>>(Errc::format);
}

SecretBytes format_secret(std::string_view prefix, const Secret<32>& secret) {
    std::string lower = to_bech32(prefix, secret.expose());
    SecretBytes text(lower.size());
    std::ranges::transform(lower, text.expose_writable().begin(), [](char character) {
        const bool small = character >= 'a' && character <= 'z';
        return static_cast<std::uint8_t>(small ? character - 'a' + 'A' : character);
    });
    wipe({reinterpret_cast<std::uint8_t*>(lower.data()), lower.size()});
    return text;
}

Result<void> each_key_line(std::string_view text, const std::function<Result<void>(std::string_view line)>& take) {
    bool any = false;
    while (!text.empty()) {
        const std::size_t end = text.find('\n');
        std::string_view line = text.substr(0, end);
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
        line.remove_suffix(line.ends_with('\r') ? 1 : 0);
        if (line.empty() || line.starts_with('#')) {
            continue;
        }
        const auto taken = take(line);
        if (!taken) {
            return taken;
        }
        any = true;
    }
    return any ? Result<void>{} : Result<void>(Errc::format);
}

// The size was checked before: 32 bytes, so that no longer key can be smuggled in (C2SP age v1, "partitioning oracle").
Result<age::FileKey> unwrap_file_key(const Secret<32>& wrapping_key, ByteView wrapped, const age::WrapNonce& nonce) {
    ensure(wrapped.size() == age::wrapped_size, "a wrapped file key has 32 bytes");
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

}  // namespace crypto::open
