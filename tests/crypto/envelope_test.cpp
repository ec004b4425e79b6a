#include "crypto/envelope.hpp"

#include "crypto/encoding.hpp"
#include "crypto/errors.hpp"
#include "crypto/open/envelope.hpp"
#include "tests/crypto/vectors.hpp"

using namespace crypto;

namespace {

const std::string grant = "00112233445566778899aabbccddeeff";

bool is_refused(const Secret<32>& key, EnvelopeContext context, ByteView envelope) {
    const auto opened = open::open_envelope(key, context, envelope);
    return !opened && opened.error() == Errc::seal;
}

}  // namespace

TEST_CASE("an envelope opens with its key, its grant and its version") {
    SystemRandom random;
    const Secret<32> key = random.secret<32>();
    for (const std::string& text : {std::string(), std::string("{}"), std::string(100000, 'x')}) {
        const Bytes envelope = seal_envelope(key, {grant, 7}, as_bytes(text), random);
        CHECK(envelope.size() == text.size() + 28);
        const auto opened = open::open_envelope(key, {grant, 7}, envelope);
        REQUIRE(opened);
        CHECK(as_text(*opened) == text);
    }
}

TEST_CASE("an envelope passed off as another is refused") {
    SystemRandom random;
    const Secret<32> key = random.secret<32>();
    const Bytes envelope = seal_envelope(key, {grant, 7}, as_bytes("text"), random);
    CHECK(is_refused(random.secret<32>(), {grant, 7}, envelope));
    CHECK(is_refused(key, {grant, 6}, envelope));
    CHECK(is_refused(key, {grant, 7ULL << 56U}, envelope));
    CHECK(is_refused(key, {"10112233445566778899aabbccddeeff", 7}, envelope));
    CHECK(is_refused(key, {grant.substr(1), 7}, envelope));
}

TEST_CASE("an envelope in which one bit was changed, or that was cut or lengthened, is refused") {
    SystemRandom random;
    const Secret<32> key = random.secret<32>();
    const Bytes envelope = seal_envelope(key, {grant, 1}, as_bytes("who asks, and why"), random);
    for (std::size_t bit = 0; bit < envelope.size() * 8; ++bit) {
        Bytes changed = envelope;
        changed[bit / 8] = static_cast<std::uint8_t>(changed[bit / 8] ^ (1U << (bit % 8)));
        CHECK(is_refused(key, {grant, 1}, changed));
    }
    for (std::size_t size = 0; size < envelope.size(); ++size) {
        CHECK(is_refused(key, {grant, 1}, ByteView(envelope).first(size)));
    }
    Bytes longer = envelope;
    longer.push_back(0);
    CHECK(is_refused(key, {grant, 1}, longer));
}

TEST_CASE("an envelope has the bytes that another implementation gives it") {
    // Node's crypto module: aes-256-gcm, key 00…1f, nonce 00…0b, associated data = the grant's text and 0102030405060708.
    class Counting final : public Random {
    public:
        void fill(std::span<std::uint8_t> bytes) override {
            std::uint8_t next = 0;
            for (std::uint8_t& byte : bytes) {
                byte = next++;
            }
        }
    };
    Counting random;
    const Secret<32> key = random.secret<32>();
    const Bytes envelope = seal_envelope(key, {grant, 0x0102030405060708}, as_bytes(R"({"v":1})"), random);
    CHECK(to_hex(envelope) == "000102030405060708090a0b3c20a039ffd4bf7cbf1a62826be9a73b620e7008562601");
}
