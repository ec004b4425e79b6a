#include "crypto/age/stream.hpp"

#include "crypto/age/armor.hpp"
#include "crypto/errors.hpp"
#include "tests/crypto/vectors.hpp"

using namespace crypto;
using namespace crypto::age;

namespace {

Sink into(std::string& text) {
    return [&text](ByteView bytes) -> Result<void> {
        text += as_text(bytes);
        return {};
    };
}

std::string armored(ByteView bytes) {
    std::string text;
    ArmorWriter writer(into(text));
    REQUIRE(writer.update(bytes));
    REQUIRE(writer.finish());
    return text;
}

Result<void> read_armor(std::string_view text, std::string& bytes) {
    ArmorReader reader(into(bytes));
    const auto taken = reader.update(as_bytes(text));
    return taken ? reader.finish() : taken;
}

const std::string begin = "-----BEGIN AGE ENCRYPTED FILE-----\n";
const std::string end = "-----END AGE ENCRYPTED FILE-----\n";

}  // namespace

TEST_CASE("sizes are arithmetic both ways") {
    CHECK(payload_size(0) == 32);
    CHECK(payload_size(1) == 33);
    CHECK(payload_size(65536) == 16 + 65552);
    CHECK(payload_size(65537) == 16 + 65552 + 17);
    CHECK(payload_size(1000000000) == 1000244160);
    for (std::uint64_t plain = 0; plain < 200000; plain += plain % 65536 < 40 || plain % 65536 > 65500 ? 1U : 331U) {
        REQUIRE(plain_size(payload_size(plain)).value() == plain);
    }
    CHECK(plain_size(payload_size(std::uint64_t{1} << 50U)).value() == std::uint64_t{1} << 50U);
}

TEST_CASE("sizes that no plaintext has are refused") {
    for (const std::uint64_t size : {0U, 15U, 16U, 17U, 31U}) {
        CHECK(plain_size(size).error() == Errc::payload);
    }
    CHECK(plain_size(16 + 65552).has_value());
    for (std::uint64_t more = 1; more <= 16; ++more) {  // a last chunk without a byte of plaintext
        CHECK(plain_size(16 + 65552 + more).error() == Errc::payload);
        CHECK(plain_size(16 + 5 * 65552 + more).error() == Errc::payload);
    }
    CHECK(plain_size(16 + 65552 + 17).value() == 65537);
}

TEST_CASE("armor survives any size and any split") {
    const auto seed = tests::SeededRandom::fresh_seed();
    INFO("seed " << seed);
    tests::SeededRandom random(seed);
    for (std::size_t size = 1; size < 300; ++size) {
        const Bytes bytes = random.some(size);
        const std::string text = armored(bytes);
        std::string in_pieces;
        ArmorWriter writer(into(in_pieces));
        for (ByteView rest = bytes; !rest.empty();) {
            const std::size_t piece = std::min(rest.size(), 1 + random.below(60));
            REQUIRE(writer.update(rest.first(piece)));
            rest = rest.subspan(piece);
        }
        REQUIRE(writer.finish());
        REQUIRE(in_pieces == text);
        std::string back;
        ArmorReader reader(into(back));
        for (const char character : text) {
            REQUIRE(reader.update(as_bytes({&character, 1})));
        }
        REQUIRE(reader.finish());
        REQUIRE(back == as_text(bytes));
    }
}

TEST_CASE("armor has the form of the specification") {
    CHECK(armored(as_bytes("abc")) == begin + "YWJj\n" + end);
    CHECK(armored(Bytes(48)) == begin + std::string(64, 'A') + '\n' + end);
    CHECK(armored(Bytes(49)) == begin + std::string(64, 'A') + "\nAA==\n" + end);
    std::string bytes;
    CHECK(read_armor("\n \t\r\n" + begin + "YWJj\r\n" + end + "\n \n", bytes));
    CHECK(bytes == "abc");
    CHECK(read_armor(begin + "YWJj\n" + end.substr(0, end.size() - 1), bytes));
}

TEST_CASE("armor that differs from the form is refused") {
    const std::string full(64, 'A');
    const std::vector<std::string> bad{
        "",
        "\n",
        begin,
        begin + "YWJj\n",
        begin + "YWJj\n" + begin,
        "x" + begin + "YWJj\n" + end,
        " " + begin + "YWJj\n" + end,
        begin + "YWJj\n" + end + "x",
        begin + "YWJj\n" + end + begin,
        begin + "\nYWJj\n" + end,
        begin + "YWJj\n\n" + end,
        begin + "YWJj \n" + end,
        begin + "YWJj\nYWJj\n" + end,
        begin + full + "A\n" + end,
        begin + full + full + "\n" + end,
        begin + "YWJ\n" + end,
        begin + "YWI\n" + end,
        begin + "YWJ=\n" + end,
        begin + full.substr(0, 62) + "==\n" + full + "\n" + end,
        begin + "Version: 1\n\nYWJj\n" + end,
        begin + "YWJj\n-----END AGE ENCRYPTED FILE----\n",
        std::string(1025, '\n') + begin + "YWJj\n" + end,
        begin + "YWJj\n" + end + std::string(1025, ' '),
    };
    for (const std::string& text : bad) {
        INFO(text);
        std::string bytes;
        CHECK(read_armor(text, bytes).error() == Errc::armor);
    }
    std::string bytes;
    CHECK(read_armor(std::string(1024, '\n') + begin + "YWJj\n" + end + std::string(1023, ' '), bytes));
}

TEST_CASE("an endless line of armor is refused without being kept") {
    ArmorReader reader([](ByteView) -> Result<void> { return {}; });
    REQUIRE(reader.update(as_bytes(begin)));
    std::size_t fed = 0;
    while (reader.update(as_bytes("A"))) {
        REQUIRE(++fed <= 65);
    }
}
