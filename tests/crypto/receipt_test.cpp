#include "crypto/receipt.hpp"

#include "crypto/encoding.hpp"
#include "crypto/errors.hpp"
#include "tests/crypto/memory_log.hpp"
#include "tests/crypto/vectors.hpp"

using namespace crypto;

namespace {

// A log of `size` entries and the receipt of the one at `index`.
Receipt receipt_of(const NoteSigner& signer, std::uint64_t index, std::uint64_t size) {
    tests::MemoryLog log;
    for (std::uint64_t i = 0; i < size; ++i) {
        log.append(as_bytes("entry " + std::to_string(i)));
    }
    Receipt receipt;
    const std::string leaf = "entry " + std::to_string(index);
    receipt.leaf.assign(leaf.begin(), leaf.end());
    receipt.index = index;
    receipt.proof = merkle::prove_inclusion(index, size, log).value();
    receipt.checkpoint = signer.sign(merkle::format_checkpoint({signer.verifier().name(), {size, log.root()}}));
    return receipt;
}

}  // namespace

TEST_CASE("a receipt is read as it was written and verifies") {
    SystemRandom random;
    const NoteSigner signer = NoteSigner::generate("edge.example/log", random);
    for (const std::uint64_t size : {1U, 2U, 3U, 7U, 8U, 300U}) {
        for (std::uint64_t index = 0; index < size; index += 1 + size / 5) {
            const std::string text = format_receipt(receipt_of(signer, index, size));
            const auto read = parse_receipt(text);
            REQUIRE(read);
            CHECK(format_receipt(*read) == text);
            const auto checkpoint = verify_receipt(*read, {&signer.verifier(), 1});
            REQUIRE(checkpoint);
            CHECK(checkpoint->origin == "edge.example/log");
            CHECK(checkpoint->head.size == size);
        }
    }
}

TEST_CASE("a receipt in which any one bit was changed is refused") {
    SystemRandom random;
    const NoteSigner signer = NoteSigner::generate("edge.example/log", random);
    const std::string text = format_receipt(receipt_of(signer, 4, 11));
    for (std::size_t bit = 0; bit < text.size() * 8; ++bit) {
        std::string changed = text;
        changed[bit / 8] = static_cast<char>(static_cast<unsigned char>(changed[bit / 8]) ^ (1U << (bit % 8)));
        const auto read = parse_receipt(changed);
        INFO("bit " << bit);
        CHECK_FALSE((read && verify_receipt(*read, {&signer.verifier(), 1})));
    }
}

TEST_CASE("a receipt cut anywhere is refused") {
    SystemRandom random;
    const NoteSigner signer = NoteSigner::generate("edge.example/log", random);
    const std::string text = format_receipt(receipt_of(signer, 0, 5));
    for (std::size_t size = 0; size < text.size(); ++size) {
        const auto read = parse_receipt(std::string_view(text).substr(0, size));
        CHECK_FALSE((read && verify_receipt(*read, {&signer.verifier(), 1})));
    }
}

TEST_CASE("only the log of the origin can vouch") {
    SystemRandom random;
    const NoteSigner log = NoteSigner::generate("edge.example/log", random);
    const NoteSigner other = NoteSigner::generate("other.example/log", random);
    Receipt receipt = receipt_of(log, 1, 3);
    const auto checkpoint = verify_receipt(receipt, {&log.verifier(), 1});
    REQUIRE(checkpoint);
    receipt.checkpoint = other.sign(merkle::format_checkpoint(*checkpoint));
    const std::vector<NoteVerifier> both{log.verifier(), other.verifier()};
    CHECK(verify_receipt(receipt, both).error() == Errc::signature);
    CHECK(verify_receipt(receipt_of(log, 1, 3), both).has_value());
}

TEST_CASE("receipts have limits") {
    SystemRandom random;
    const NoteSigner signer = NoteSigner::generate("edge.example/log", random);
    Receipt receipt = receipt_of(signer, 0, 1);
    CHECK(parse_receipt(format_receipt(receipt) + std::string(64 * 1024, 'x')).error() == Errc::limit);
    receipt.proof.assign(64, Digest{});
    CHECK(parse_receipt(format_receipt(receipt)).error() == Errc::format);
    receipt.proof.assign(63, Digest{});
    CHECK(parse_receipt(format_receipt(receipt)).has_value());
}
