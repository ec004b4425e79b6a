#include "crypto/link.hpp"

#include "crypto/encoding.hpp"
#include "crypto/errors.hpp"
#include "tests/crypto/vectors.hpp"

using namespace crypto;

namespace {

const std::string grant = "00112233445566778899aabbccddeeff";
const std::string secret_text = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";

Secret<32> counting_secret() {
    Secret<32> secret;
    std::uint8_t next = 0;
    for (std::uint8_t& byte : secret.expose_writable()) {
        byte = next++;
    }
    return secret;
}

}  // namespace

TEST_CASE("a link secret becomes the four keys of the contract") {
    // Computed with Python's hmac module: HKDF(secret 00…1f, salt = the grant's text, info = the label).
    const LinkKeys keys = derive_link_keys(counting_secret(), grant);
    CHECK(to_hex(keys.access.expose()) == "65b976c1c3a3e79cb421987f11811b7269bf99127cbaf0a585ca982148414306");
    CHECK(to_hex(keys.envelope.expose()) == "d1331bbf420e8334b95113a4a69555a46fd4fc33dc8f41bcfc76b9963b2aa494");
    CHECK(to_hex(keys.manifest.expose()) == "ff165ffc353be9e41738537c65ba64987ac7cba80ee6b35a1396bf9f158fcb7b");
    CHECK(to_hex(keys.reader.expose()) == "5e94d022adf768e54007b305855cb810e6e4ddb57f23ea9312c8b1a31815fa78");
}

TEST_CASE("other grants make other keys of the same secret") {
    const LinkKeys one = derive_link_keys(counting_secret(), grant);
    const LinkKeys other = derive_link_keys(counting_secret(), "00112233445566778899aabbccddeefe");
    CHECK_FALSE(one.access == other.access);
    CHECK_FALSE(one.envelope == other.envelope);
}

TEST_CASE("a link fragment is read as it is written") {
    const auto fragment = parse_link_fragment(grant + '.' + secret_text);
    REQUIRE(fragment);
    CHECK(fragment->grant == grant);
    CHECK(fragment->secret == counting_secret());
    CHECK(format_link_fragment(*fragment).expose_text() == grant + '.' + secret_text);
}

TEST_CASE("what is no link fragment is refused") {
    const std::vector<std::string> bad{
        "",
        grant,
        grant + '.',
        grant + '.' + secret_text + 'A',
        grant + '.' + secret_text.substr(1),
        grant + ' ' + secret_text,
        '#' + grant + '.' + secret_text,
        "00112233445566778899AABBCCDDEEFF." + secret_text,
        "0011223344556677889 aabbccddeeff." + secret_text,
        grant + '.' + secret_text.substr(0, 42) + '9',  // bits beyond the 32 bytes
        grant + '.' + secret_text.substr(0, 42) + '=',
        grant + '.' + "+/" + secret_text.substr(2),
    };
    for (const std::string& text : bad) {
        INFO(text);
        CHECK(parse_link_fragment(text).error() == Errc::format);
    }
}
