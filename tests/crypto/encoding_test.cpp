#include "crypto/encoding.hpp"

#include "crypto/errors.hpp"
#include "tests/crypto/vectors.hpp"

using namespace crypto;

namespace {

Bytes bytes_of(std::string_view text) {
    return {text.begin(), text.end()};
}

}  // namespace

TEST_CASE("hex is lower case and even") {
    CHECK(to_hex(as_bytes("\x01\xab")) == "01ab");
    CHECK(from_hex("01ab").value() == bytes_of("\x01\xab"));
    CHECK(from_hex("").value().empty());
    for (const std::string_view bad : {"1", "0g", "01AB", "01 ab", "01ab\n", "0x01"}) {
        INFO(bad);
        CHECK(from_hex(bad).error() == Errc::encoding);
    }
}

TEST_CASE("base64 is that of RFC 4648 section 10") {
    const std::vector<std::pair<std::string, std::string>> vectors{
        {"", ""},
        {"f", "Zg=="},
        {"fo", "Zm8="},
        {"foo", "Zm9v"},
        {"foob", "Zm9vYg=="},
        {"fooba", "Zm9vYmE="},
        {"foobar", "Zm9vYmFy"},
    };
    for (const auto& [plain, text] : vectors) {
        CHECK(to_base64(as_bytes(plain)) == text);
        CHECK(from_base64(text).value() == bytes_of(plain));
        const std::string raw = text.substr(0, text.find('='));
        CHECK(to_base64_raw(as_bytes(plain)) == raw);
        CHECK(from_base64_raw(raw).value() == bytes_of(plain));
    }
    CHECK(to_base64url(as_bytes("\xfb\xff")) == "-_8");
    CHECK(from_base64url("-_8").value() == bytes_of("\xfb\xff"));
}

TEST_CASE("base64 has one text for one value") {
    for (const std::string_view bad : {"Zg", "Zg=", "Zh==", "Zm9=", "Zm9v\n", " Zm9v", "Zm9v=", "Zm9vZ", "Z===", "-_8=", "Zm\r\n9v"}) {
        INFO(bad);
        CHECK(from_base64(bad).error() == Errc::encoding);
    }
    for (const std::string_view bad : {"Zg==", "Zh", "Zm9", "Zm9v\n", "Z", "-_8"}) {
        INFO(bad);
        CHECK(from_base64_raw(bad).error() == Errc::encoding);
    }
    for (const std::string_view bad : {"-_8=", "-_9", "+/8", "-_8 "}) {
        INFO(bad);
        CHECK(from_base64url(bad).error() == Errc::encoding);
    }
}

TEST_CASE("no character outside the alphabet passes for one of it") {
    const std::string alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (int value = 0; value < 256; ++value) {
        const char character = static_cast<char>(value);
        const std::string text = std::string("AAA") + character;
        INFO(value);
        CHECK(from_base64(text).has_value() == ((alphabet + '=').find(character) != std::string::npos));
        CHECK(from_base64_raw(text).has_value() == (alphabet.find(character) != std::string::npos));
        const bool in_url_alphabet = character == '-' || character == '_' || (alphabet.substr(0, 62).find(character) != std::string::npos);
        CHECK(from_base64url(text).has_value() == in_url_alphabet);
        CHECK(from_hex(std::string("0") + character).has_value() == (std::string("0123456789abcdef").find(character) != std::string::npos));
    }
}

TEST_CASE("any bytes survive each encoding") {
    const auto seed = tests::SeededRandom::fresh_seed();
    INFO("seed " << seed);
    tests::SeededRandom random(seed);
    for (std::size_t size = 0; size < 80; ++size) {
        const Bytes bytes = random.some(size);
        CHECK(from_hex(to_hex(bytes)).value() == bytes);
        CHECK(from_base64(to_base64(bytes)).value() == bytes);
        CHECK(from_base64_raw(to_base64_raw(bytes)).value() == bytes);
        CHECK(from_base64url(to_base64url(bytes)).value() == bytes);
        const auto decoded = from_bech32(to_bech32("age", bytes));
        REQUIRE(decoded);
        CHECK(decoded->prefix == "age");
        CHECK(decoded->bytes == bytes);
    }
}

TEST_CASE("Bech32 takes what BIP 173 takes") {
    // BIP 173, "Test vectors": valid texts, of which these carry whole bytes.
    for (const std::string_view good : {"A12UEL5L", "a12uel5l", "?1ezyfcl"}) {
        INFO(good);
        CHECK(from_bech32(good).has_value());
    }
    // Its invalid ones: bad characters, no separator, no prefix, short or wrong checksum, mixed case.
    for (const std::string_view bad :
         {"\x20"
          "1nwldj5",
          "\x7f"
          "1axkwrx",
          "pzry9x0s0muk",
          "1pzry9x0s0muk",
          "x1b4n0q5v",
          "li1dgmt3",
          "A1G7SGD8",
          "10a06t8",
          "1qzzfhee",
          "a12UEL5L",
          "",
          "1",
          "a1"}) {
        INFO(bad);
        CHECK(from_bech32(bad).error() == Errc::encoding);
    }
}

TEST_CASE("Bech32 notices every changed character") {
    const std::string text = to_bech32("age", as_bytes("0123456789abcdef0123456789abcdef"));
    for (std::size_t at = 0; at < text.size(); ++at) {
        for (const char other : {'q', 'p', 'z', '2', '1', 'b'}) {
            std::string changed = text;
            changed[at] = other;
            const auto decoded = from_bech32(changed);
            CHECK((changed == text || !decoded));
        }
    }
}
