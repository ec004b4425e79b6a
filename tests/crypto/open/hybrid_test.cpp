#include "crypto/encoding.hpp"
#include "crypto/errors.hpp"
#include "crypto/open/hybrid.hpp"
#include "crypto/open/open.hpp"
#include "tests/crypto/vectors.hpp"

using namespace crypto;

namespace {

constexpr std::string_view identity_text = "AGE-SECRET-KEY-PQ-1HZLGZUPT4ETPKDEV8HSGFDCYZ4E522W0A7PU2LHT8EH9W6YLNC3SW78XKG";

Result<SecretBytes> opened(const open::Identity& identity, ByteView file) {
    const open::Identity* const identities[] = {&identity};
    return open::decrypt(identities, file);
}

}  // namespace

TEST_CASE("post-quantum keys say so where OpenSSL has no ML-KEM, and open what they sealed where it has") {
    SystemRandom random;
    auto identity = open::HybridIdentity::generate(random);
    if (!age::has_ml_kem()) {
        CHECK(identity.error() == Errc::unsupported);
        CHECK(open::HybridIdentity::parse(identity_text).error() == Errc::unsupported);
        CHECK(open::parse_identities(std::string(identity_text) + '\n').error() == Errc::unsupported);
        const Bytes point(age::hybrid_point);
        CHECK(age::HybridRecipient::parse(to_bech32("age1pq", point)).error() == Errc::unsupported);
        return;
    }
    REQUIRE(identity);
    const auto recipient = age::HybridRecipient::parse(identity->recipient().text());
    REQUIRE(recipient);
    CHECK(recipient->text() == identity->recipient().text());
    const age::Recipient* const recipients[] = {&*recipient};
    const auto file = age::encrypt(recipients, as_bytes("a report"), random);
    REQUIRE(file);
    CHECK(opened(*identity, *file)->expose_text() == "a report");
    const auto again = open::HybridIdentity::parse(identity->text().expose_text());
    REQUIRE(again);
    CHECK(opened(*again, *file)->expose_text() == "a report");
    CHECK(opened(*open::HybridIdentity::generate(random), *file).error() == Errc::no_match);

    const auto ordinary = open::X25519Identity::generate(random);
    const age::Recipient* const mixed[] = {&*recipient, &ordinary.recipient()};
    CHECK(age::encrypt(mixed, as_bytes("a report"), random).error() == Errc::format);
    const age::Recipient* const twice[] = {&*recipient, &*recipient};
    CHECK(age::encrypt(twice, as_bytes("a report"), random).error() == Errc::format);

    Bytes bad_modulus(age::hybrid_point, 0xff);  // FIPS 203 section 7.2: a coefficient of 4095 is none
    CHECK(age::HybridRecipient::parse(to_bech32("age1pq", bad_modulus)).error() == Errc::format);
}

TEST_CASE("texts that are no post-quantum keys are told apart from ones we cannot use") {
    CHECK(open::HybridIdentity::parse("AGE-SECRET-KEY-PQ-1").error() == Errc::encoding);
    std::string lower(identity_text);
    std::ranges::transform(lower, lower.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    CHECK(open::HybridIdentity::parse(lower).error() == Errc::format);
    CHECK(age::HybridRecipient::parse("age1pq1qqqq").error() == Errc::encoding);
    CHECK(age::HybridRecipient::parse(to_bech32("age1pq", Bytes(age::hybrid_point - 1))).error() == Errc::format);
    CHECK(age::HybridRecipient::parse(to_bech32("age", Bytes(32))).error() == Errc::format);
    CHECK(age::X25519Recipient::parse(to_bech32("age1pq", Bytes(age::hybrid_point))).error() == Errc::format);
    CHECK_FALSE(open::parse_identities("# none\n\n"));
}
