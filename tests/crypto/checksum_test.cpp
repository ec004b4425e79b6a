#include "crypto/checksum.hpp"

#include "crypto/encoding.hpp"
#include "tests/catch.hpp"

using namespace crypto;

TEST_CASE("checksums of abc, FIPS 180-4") {
    const auto of = [](ChecksumAlgorithm algorithm) {
        Checksum checksum(algorithm);
        return to_hex(checksum.update(as_bytes("a")).update(as_bytes("bc")).finish());
    };
    CHECK(of(ChecksumAlgorithm::sha1) == "a9993e364706816aba3e25717850c26c9cd0d89d");
    CHECK(of(ChecksumAlgorithm::sha256) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    CHECK(
        of(ChecksumAlgorithm::sha512) == "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
                                         "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"
    );
    CHECK(checksum_bytes(ChecksumAlgorithm::sha1) == 20);
    CHECK(checksum_bytes(ChecksumAlgorithm::sha512) == 64);
}
