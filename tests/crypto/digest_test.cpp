#include "crypto/digest.hpp"

#include "crypto/encoding.hpp"
#include "tests/crypto/vectors.hpp"

using namespace crypto;

namespace {

Bytes hex(std::string_view text) {
    return from_hex(text).value();
}

std::string hkdf(const Bytes& key, const Bytes& salt, const Bytes& info, std::size_t size) {
    Bytes out(size);
    hkdf_sha256(key, salt, as_text(info), out);
    return to_hex(out);
}

Bytes counting(std::uint8_t from, std::uint8_t to) {
    Bytes bytes;
    for (unsigned value = from; value <= to; ++value) {
        bytes.push_back(static_cast<std::uint8_t>(value));
    }
    return bytes;
}

}  // namespace

TEST_CASE("SHA-256 is that of FIPS 180-4") {
    CHECK(sha256({}).hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    CHECK(sha256(as_bytes("abc")).hex() == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    Sha256 hash;
    for (int i = 0; i < 1000; ++i) {
        hash.update(Bytes(1000, 'a'));
    }
    CHECK(hash.finish().hex() == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST_CASE("HMAC-SHA-256 is that of RFC 4231") {
    CHECK(hmac_sha256(Bytes(20, 0x0b), as_bytes("Hi There")).hex() == "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
    CHECK(
        hmac_sha256(as_bytes("Jefe"), as_bytes("what do ya want for nothing?")).hex() ==
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    );
    CHECK(hmac_sha256(Bytes(20, 0xaa), Bytes(50, 0xdd)).hex() == "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe");
    CHECK(hmac_sha256(counting(0x01, 0x19), Bytes(50, 0xcd)).hex() == "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b");
    CHECK(
        hmac_sha256(Bytes(131, 0xaa), as_bytes("Test Using Larger Than Block-Size Key - Hash Key First")).hex() ==
        "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
    );
}

TEST_CASE("an empty HMAC key is a key, not the key before") {
    const Digest empty = hmac_sha256({}, as_bytes("x"));
    (void)hmac_sha256(as_bytes("other"), as_bytes("x"));
    CHECK(hmac_sha256({}, as_bytes("x")) == empty);
    CHECK(hmac_sha256({}, {}).hex() == "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
}

TEST_CASE("HKDF-SHA-256 is that of RFC 5869, appendix A.1 to A.3") {
    CHECK(
        hkdf(Bytes(22, 0x0b), counting(0x00, 0x0c), counting(0xf0, 0xf9), 42) ==
        "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865"
    );
    CHECK(
        hkdf(counting(0x00, 0x4f), counting(0x60, 0xaf), counting(0xb0, 0xff), 82) ==
        "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c59045a99cac7827271cb41c65e590e09da3275600c2f09b8367793a9aca3db71"
        "cc30c58179ec3e87c14c01d5c1f3434f1d87"
    );
    CHECK(hkdf(Bytes(22, 0x0b), {}, {}, 42) == "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8");
}

TEST_CASE("a digest is written one way only") {
    const Digest digest = sha256(as_bytes("abc"));
    CHECK(Digest::from_hex(digest.hex()) == digest);
    CHECK_FALSE(Digest::from_hex("BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD"));
    CHECK_FALSE(Digest::from_hex(digest.hex().substr(2)));
    CHECK_FALSE(Digest::from_hex(digest.hex() + "00"));
    CHECK_FALSE(Digest::from_bytes(hex("00")));
}
