#include "crypto/encoding.hpp"

#include "crypto/ensure.hpp"
#include "crypto/errors.hpp"
#include "crypto/secret.hpp"

#include <sodium.h>

#include <array>

namespace crypto {

namespace {

std::string encode(ByteView bytes, int variant) {
    std::string text(sodium_base64_encoded_len(bytes.size(), variant), '\0');
    sodium_bin2base64(text.data(), text.size(), bytes.data(), bytes.size(), variant);
    text.pop_back();  // libsodium counts the final NUL
    return text;
}

// With a null end pointer libsodium refuses whatever is not canonical: stray characters, wrong padding, non-zero trailing bits.
Result<Bytes> decode(std::string_view text, int variant) {
    for (const char character : text) {
        if (static_cast<unsigned char>(character) >= 0x80) {
            return Errc::encoding;  // libsodium 1.0.18 takes 0xAB and 0xAF for '+' and '/': it compares signed characters
        }
    }
    Bytes bytes(text.size() / 4 * 3 + 3);
    std::size_t size = 0;
    if (sodium_base642bin(bytes.data(), bytes.size(), text.data(), text.size(), nullptr, &size, nullptr, variant) != 0) {
        return Errc::encoding;
    }
    bytes.resize(size);
    return bytes;
}

constexpr std::string_view bech32_alphabet = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
constexpr std::size_t bech32_checksum = 6;

constexpr std::array<std::int8_t, 128> invert_bech32_alphabet() {
    std::array<std::int8_t, 128> values{};
    values.fill(-1);
    for (std::size_t i = 0; i < bech32_alphabet.size(); ++i) {
        values[static_cast<std::size_t>(bech32_alphabet[i])] = static_cast<std::int8_t>(i);
    }
    return values;
}

// BIP 173, "Checksum": a BCH code over the five-bit values.
class Bech32Checksum {
public:
    explicit Bech32Checksum(std::string_view prefix) {
        for (const char character : prefix) {
            add(static_cast<std::uint8_t>(static_cast<unsigned char>(character) >> 5U));
        }
        add(0);
        for (const char character : prefix) {
            add(static_cast<std::uint8_t>(static_cast<unsigned char>(character) & 31U));
        }
    }

    void add(std::uint8_t value) {
        constexpr std::array<std::uint32_t, 5> generator{0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3};
        const std::uint32_t top = state_ >> 25U;
        state_ = ((state_ & 0x1ffffffU) << 5U) ^ value;
        for (unsigned i = 0; i < generator.size(); ++i) {
            state_ ^= ((top >> i) & 1U) * generator[i];
        }
    }

    std::uint32_t state() const { return state_; }

private:
    std::uint32_t state_ = 1;
};

char lower(char character) {
    return character >= 'A' && character <= 'Z' ? static_cast<char>(character - 'A' + 'a') : character;
}

}  // namespace

std::string to_hex(ByteView bytes) {
    std::string text(bytes.size() * 2 + 1, '\0');
    sodium_bin2hex(text.data(), text.size(), bytes.data(), bytes.size());
    text.pop_back();
    return text;
}

Result<Bytes> from_hex(std::string_view text) {
    for (const char character : text) {
        if (character >= 'A' && character <= 'F') {
            return Errc::encoding;  // libsodium takes upper case; one value has one text here
        }
    }
    Bytes bytes(text.size() / 2 + 1);
    std::size_t size = 0;
    if (sodium_hex2bin(bytes.data(), bytes.size(), text.data(), text.size(), nullptr, &size, nullptr) != 0) {
        return Errc::encoding;
    }
    bytes.resize(size);
    return bytes;
}

std::string to_base64(ByteView bytes) {
    return encode(bytes, sodium_base64_VARIANT_ORIGINAL);
}

Result<Bytes> from_base64(std::string_view text) {
    return decode(text, sodium_base64_VARIANT_ORIGINAL);
}

std::string to_base64_raw(ByteView bytes) {
    return encode(bytes, sodium_base64_VARIANT_ORIGINAL_NO_PADDING);
}

Result<Bytes> from_base64_raw(std::string_view text) {
    return decode(text, sodium_base64_VARIANT_ORIGINAL_NO_PADDING);
}

std::string to_base64url(ByteView bytes) {
    return encode(bytes, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

Result<Bytes> from_base64url(std::string_view text) {
    return decode(text, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

std::string to_bech32(std::string_view prefix, ByteView bytes) {
    ensure(!prefix.empty(), "a Bech32 text has a prefix");
    Bech32Checksum checksum(prefix);
    std::string text;
    text.reserve(prefix.size() + 1 + (bytes.size() * 8 + 4) / 5 + bech32_checksum);  // no second copy of what may be a secret
    text += prefix;
    text += '1';
    const auto put = [&](std::uint32_t value) {
        checksum.add(static_cast<std::uint8_t>(value));
        text += bech32_alphabet[value];
    };
    std::uint32_t held = 0;
    unsigned bits = 0;
    for (const std::uint8_t byte : bytes) {
        held = (held << 8U) | byte;
        bits += 8;
        while (bits >= 5) {
            bits -= 5;
            put((held >> bits) & 31U);
        }
    }
    if (bits > 0) {
        put((held << (5U - bits)) & 31U);
    }
    for (std::size_t i = 0; i < bech32_checksum; ++i) {
        checksum.add(0);
    }
    const std::uint32_t sum = checksum.state() ^ 1U;
    for (unsigned i = 0; i < bech32_checksum; ++i) {
        text += bech32_alphabet[(sum >> (5U * (5U - i))) & 31U];
    }
    return text;
}

Result<Bech32> from_bech32(std::string_view text) {
    static constexpr std::array<std::int8_t, 128> values = invert_bech32_alphabet();
    const std::size_t separator = text.rfind('1');
    if (separator == std::string_view::npos || separator == 0 || text.size() - separator - 1 < bech32_checksum) {
        return Errc::encoding;
    }
    bool has_lower = false;
    bool has_upper = false;
    for (const char character : text) {
        if (character < 33 || character > 126) {
            return Errc::encoding;
        }
        has_lower = has_lower || (character >= 'a' && character <= 'z');
        has_upper = has_upper || (character >= 'A' && character <= 'Z');
    }
    if (has_lower && has_upper) {
        return Errc::encoding;
    }

    Bech32 result;
    for (const char character : text.substr(0, separator)) {
        result.prefix += lower(character);
    }
    Bech32Checksum checksum(result.prefix);
    const std::string_view coded = text.substr(separator + 1);
    const std::size_t carrying = coded.size() - bech32_checksum;
    result.bytes.reserve(carrying * 5 / 8 + 1);
    std::uint32_t held = 0;
    unsigned bits = 0;
    for (std::size_t i = 0; i < coded.size(); ++i) {
        const std::int8_t value = values[static_cast<std::size_t>(lower(coded[i]))];
        if (value < 0) {
            return Errc::encoding;
        }
        checksum.add(static_cast<std::uint8_t>(value));
        if (i >= carrying) {
            continue;
        }
        held = (held << 5U) | static_cast<std::uint32_t>(value);
        bits += 5;
        if (bits >= 8) {
            bits -= 8;
            result.bytes.push_back(static_cast<std::uint8_t>((held >> bits) & 0xffU));
        }
    }
    // BIP 173: the padding is shorter than a symbol and zero.
    const bool padded_well = bits < 5 && (held & ((1U << bits) - 1U)) == 0;
    if (checksum.state() != 1 || !padded_well) {
        wipe(result.bytes);
        return Errc::encoding;
    }
    return result;
}

}  // namespace crypto
