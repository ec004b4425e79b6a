#include "crypto/age/header.hpp"

#include "crypto/age/inspect.hpp"
#include "crypto/encoding.hpp"
#include "crypto/errors.hpp"
#include "tests/crypto/vectors.hpp"

using namespace crypto;
using namespace crypto::age;

namespace {

const std::string version = "age-encryption.org/v1\n";
const std::string mac = "--- " + std::string(43, 'A') + '\n';
const std::string share(43, 'A');
const std::string x25519 = "-> X25519 " + share + '\n' + share + '\n';

Result<HeaderParser::Fed> feed(std::string_view text) {
    HeaderParser parser;
    return parser.feed(as_bytes(text));
}

Header parse(std::string_view text) {
    HeaderParser parser;
    const auto fed = parser.feed(as_bytes(text));
    REQUIRE(fed);
    REQUIRE(fed->state == HeaderParser::State::done);
    return parser.take();
}

}  // namespace

TEST_CASE("the parser says where the header ended and keeps its bytes") {
    const std::string text = version + x25519 + mac;
    HeaderParser parser;
    const auto fed = parser.feed(as_bytes(text + "payload"));
    REQUIRE(fed);
    CHECK(fed->state == HeaderParser::State::done);
    CHECK(fed->used == text.size());
    const Header header = parser.take();
    CHECK(header.raw == text);
    CHECK(mac_input(header) == version + x25519 + "---");
    REQUIRE(header.stanzas.size() == 1);
    CHECK(header.stanzas[0].type == "X25519");
    CHECK(header.stanzas[0].arguments == std::vector<std::string>{share});
    CHECK(header.stanzas[0].body == Bytes(32));
    CHECK(format_stanza(header.stanzas[0]) == x25519);
}

TEST_CASE("what does not begin like an age file is refused at its first bytes") {
    for (const std::string_view text :
         {"%PDF-1.7", "PK\x03\x04", "a", "age-encryption.org/v2\n", "age-encryption.org/v1 \n", "\n", "-----BEGIN"}) {
        INFO(text);
        if (text == "a") {
            CHECK(feed(text)->state == HeaderParser::State::need_more);
        } else {
            CHECK(feed(text).error() == Errc::header);
        }
    }
    CHECK(feed(std::string(1000000, 'a')).error() == Errc::header);
}

TEST_CASE("the grammar is taken by the letter") {
    const std::vector<std::string> bad{
        version + mac,                                          // no stanza
        version + "->X25519 a\n\n" + mac,                       // no space
        version + "-> \n\n" + mac,                              // no type
        version + "-> a \n\n" + mac,                            // a space at the end
        version + "-> a  b\n\n" + mac,                          // two spaces
        version + "-> a\tb\n\n" + mac,                          // a control character
        version + "-> a\xc3\xa9\n\n" + mac,                     // not ASCII
        version + "-> a\n" + mac,                               // no body
        version + "-> a\n" + std::string(65, 'A') + "\n" + mac,  // a long line
        version + "-> a\nAAAA=\n" + mac,                        // padding
        version + "-> a\nAB\n" + mac,                           // not canonical
        version + "-> a\n\r\n" + mac,
        version + x25519 + "--- " + std::string(42, 'A') + "\n",
        version + x25519 + "--- " + std::string(42, 'A') + "B\n",  // not canonical
        version + x25519 + "---" + std::string(44, 'A') + "\n",
        version + x25519 + "--- " + std::string(43, 'A') + " \n",
        version + x25519 + "\n" + mac,
    };
    for (const std::string& text : bad) {
        INFO(text);
        CHECK(feed(text).error() == Errc::header);
    }
}

TEST_CASE("a body of whole lines ends in an empty one") {
    const Header header = parse(version + "-> a\n" + std::string(64, 'A') + "\n\n" + mac);
    CHECK(header.stanzas[0].body == Bytes(48));
    CHECK(format_stanza(header.stanzas[0]) == "-> a\n" + std::string(64, 'A') + "\n\n");
    CHECK(format_stanza({"a", {"b", "c"}, {}}) == "-> a b c\n\n");
}

TEST_CASE("header bytes, stanzas and arguments have limits, at the limit and one past it") {
    std::string stanzas = version;
    for (std::size_t i = 0; i < stanzas_max; ++i) {
        stanzas += "-> a\n\n";
    }
    CHECK(feed(stanzas + mac)->state == HeaderParser::State::done);
    CHECK(feed(stanzas + "-> a\n\n" + mac).error() == Errc::limit);

    std::string arguments = version + "-> a";
    for (std::size_t i = 0; i < arguments_max; ++i) {
        arguments += " b";
    }
    CHECK(feed(arguments + "\n\n" + mac)->state == HeaderParser::State::done);
    CHECK(feed(arguments + " b\n\n" + mac).error() == Errc::limit);

    const std::string around = version + "-> a \n\n" + mac;
    const std::string longest = version + "-> a " + std::string(header_bytes_max - around.size(), 'x') + "\n\n" + mac;
    CHECK(longest.size() == header_bytes_max);
    CHECK(feed(longest)->state == HeaderParser::State::done);
    CHECK(feed(version + "-> a " + std::string(header_bytes_max - around.size() + 1, 'x') + "\n\n" + mac).error() == Errc::limit);
    // Endless: refused when the limit is reached, however it is fed.
    HeaderParser parser;
    REQUIRE(parser.feed(as_bytes(version + "-> a ")));
    std::size_t fed = 0;
    while (parser.feed(as_bytes("xxxxxxxxxxxxxxxx"))) {
        fed += 16;
        REQUIRE(fed <= header_bytes_max);
    }
}

TEST_CASE("an uploader may hand in what is for X25519 recipients alone") {
    CHECK(expect_x25519_only(parse(version + x25519 + mac)));
    CHECK(expect_x25519_only(parse(version + x25519 + x25519 + mac)));
    CHECK(expect_x25519_only(parse(version + x25519 + "-> q-grease x\nAAAA\n" + mac)));
    const std::string scrypt = "-> scrypt " + std::string(22, 'A') + " 18\n" + share + '\n';
    CHECK(expect_x25519_only(parse(version + scrypt + mac)).error() == Errc::no_match);
    CHECK(expect_x25519_only(parse(version + x25519 + scrypt + mac)).error() == Errc::header);
    CHECK(
        expect_x25519_only(parse(version + x25519 + "-> ssh-ed25519 AAAA " + share + '\n' + share + '\n' + mac)).error() == Errc::no_match
    );
    CHECK(expect_x25519_only(parse(version + "-> q-grease\n\n" + mac)).error() == Errc::no_match);
    CHECK(expect_x25519_only(parse(version + "-> x25519 " + share + '\n' + share + '\n' + mac)).error() == Errc::no_match);
}

TEST_CASE("a known stanza with the wrong shape is a malformed header") {
    const std::vector<std::string> bad{
        "-> X25519\n" + share + '\n',
        "-> X25519 " + share + ' ' + share + '\n' + share + '\n',
        "-> X25519 " + share.substr(1) + '\n' + share + '\n',
        "-> X25519 " + share + "\nAAAA\n",
        "-> scrypt " + std::string(22, 'A') + " 018\n" + share + '\n',
        "-> scrypt " + std::string(22, 'A') + " 0\n" + share + '\n',
        "-> scrypt " + std::string(22, 'A') + " +1\n" + share + '\n',
        "-> scrypt " + std::string(20, 'A') + " 18\n" + share + '\n',
    };
    for (const std::string& stanza : bad) {
        INFO(stanza);
        CHECK(inspect(parse(version + stanza + mac)).error() == Errc::header);
    }
    CHECK(inspect(parse(version + x25519 + mac)).value().header_size == (version + x25519 + mac).size());
}
