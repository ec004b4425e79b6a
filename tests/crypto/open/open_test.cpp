#include "crypto/open/open.hpp"

#include "crypto/age/inspect.hpp"
#include "crypto/encoding.hpp"
#include "crypto/errors.hpp"
#include "tests/crypto/vectors.hpp"

using namespace crypto;

namespace {

age::Header header_of(ByteView file) {
    age::HeaderParser parser;
    const auto fed = parser.feed(file);
    REQUIRE(fed);
    REQUIRE(fed->state == age::HeaderParser::State::done);
    return parser.take();
}

Bytes encrypt_to(const open::X25519Identity& identity, ByteView plain) {
    SystemRandom random;
    const std::array<const age::Recipient*, 1> recipients{&identity.recipient()};
    return age::encrypt(recipients, plain, random).value();
}

struct Opened {
    Result<void> result;
    Bytes plain;
};
Opened open_with(const open::Identity& identity, ByteView file) {
    Opened opened;
    open::Decryptor decryptor({&identity}, [&](ByteView bytes) -> Result<void> {
        opened.plain.insert(opened.plain.end(), bytes.begin(), bytes.end());
        return {};
    });
    opened.result = decryptor.update(file);
    if (opened.result) {
        opened.result = decryptor.finish();
    }
    return opened;
}

}  // namespace

TEST_CASE("what is encrypted in pieces of any size opens to the same bytes, and has the size the arithmetic says") {
    const auto seed = tests::SeededRandom::fresh_seed();
    INFO("seed " << seed);
    tests::SeededRandom random(seed);
    SystemRandom system;
    const auto identity = open::X25519Identity::generate(system);
    const std::array<const age::Recipient*, 1> recipients{&identity.recipient()};
    for (const std::size_t size : {0U, 1U, 65535U, 65536U, 65537U, 131071U, 131072U, 131073U, 300000U}) {
        INFO("size " << size);
        const Bytes plain = random.some(size);
        Bytes file;
        auto encryptor = age::Encryptor::start(recipients, system, [&](ByteView bytes) -> Result<void> {
            file.insert(file.end(), bytes.begin(), bytes.end());
            return {};
        });
        REQUIRE(encryptor);
        for (ByteView rest = plain; !rest.empty();) {
            const std::size_t piece = std::min(rest.size(), 1 + random.below(150000));
            REQUIRE(encryptor->update(rest.first(piece)));
            rest = rest.subspan(piece);
        }
        REQUIRE(encryptor->finish());
        const age::Header header = header_of(file);
        CHECK(header.raw.size() == 168);
        CHECK(file.size() == header.raw.size() + age::payload_size(size));
        CHECK(age::plain_size_of(header, file.size()).value() == size);
        CHECK(age::expect_x25519_only(header));
        const Opened opened = open_with(identity, file);
        CHECK(opened.result);
        CHECK(opened.plain == plain);
    }
}

TEST_CASE("a file cut anywhere does not open, and releases no more than whole chunks of the truth") {
    SystemRandom system;
    const auto identity = open::X25519Identity::generate(system);
    tests::SeededRandom random(1);
    const Bytes plain = random.some(2 * age::chunk_plain + 1000);
    const Bytes file = encrypt_to(identity, plain);
    for (std::size_t size = 0; size < file.size(); size += size < 300 || file.size() - size < 1100 ? 1U : 977U) {
        INFO("cut to " << size);
        const Opened opened = open_with(identity, ByteView(file).first(size));
        REQUIRE_FALSE(opened.result);
        REQUIRE(opened.plain.size() % age::chunk_plain == 0);
        REQUIRE(std::equal(opened.plain.begin(), opened.plain.end(), plain.begin()));
    }
    Bytes longer = file;
    longer.push_back(0);
    CHECK(open_with(identity, longer).result.error() == Errc::payload);
}

TEST_CASE("a file in which any byte was changed does not open") {
    SystemRandom system;
    const auto identity = open::X25519Identity::generate(system);
    const Bytes file = encrypt_to(identity, as_bytes("a report"));
    for (std::size_t at = 0; at < file.size(); ++at) {
        for (const unsigned change : {0x01U, 0x20U, 0x80U}) {
            Bytes changed = file;
            changed[at] = static_cast<std::uint8_t>(changed[at] ^ change);
            INFO("byte " << at);
            const Opened opened = open_with(identity, changed);
            REQUIRE_FALSE(opened.result);
            REQUIRE(opened.plain.empty());
        }
    }
}

TEST_CASE("keys are read as they are written, and only as they are written") {
    SystemRandom system;
    const auto identity = open::X25519Identity::generate(system);
    const std::string text(identity.text().expose_text());
    CHECK(text.starts_with("AGE-SECRET-KEY-1"));
    CHECK(text.size() == 74);
    const auto again = open::X25519Identity::parse(text);
    REQUIRE(again);
    CHECK(again->recipient().text() == identity.recipient().text());
    CHECK(identity.recipient().text().size() == 62);
    CHECK(age::X25519Recipient::parse(identity.recipient().text()).value().text() == identity.recipient().text());

    std::string lower = text;
    std::transform(lower.begin(), lower.end(), lower.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    for (const std::string& bad : {std::string(), lower, text + "A", text.substr(1), identity.recipient().text(), text + "\n"}) {
        CHECK_FALSE(open::X25519Identity::parse(bad));
    }
    std::string upper = identity.recipient().text();
    std::transform(upper.begin(), upper.end(), upper.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    for (const std::string& bad : {std::string(), upper, text, identity.recipient().text() + "q", to_bech32("age", Bytes(31))}) {
        CHECK_FALSE(age::X25519Recipient::parse(bad));
    }
}

TEST_CASE("the key pair of the testkit is one") {
    // The recipient was derived with Debian's age-keygen -y.
    const auto identity = open::X25519Identity::parse("AGE-SECRET-KEY-1EGTZVFFV20835NWYV6270LXYVK2VKNX2MMDKWYKLMGR48UAWX40Q2P2LM0");
    REQUIRE(identity);
    CHECK(identity->recipient().text() == "age1xmwwc06ly3ee5rytxm9mflaz2u56jjj36s0mypdrwsvlul66mv4q47ryef");
}

TEST_CASE("a header wrapped again opens for the new reader, and its payload is the old one") {
    SystemRandom system;
    const auto intake = open::X25519Identity::generate(system);
    const auto compartment = open::X25519Identity::generate(system);
    const auto doctor = open::X25519Identity::generate(system);
    const Bytes file = encrypt_to(intake, as_bytes("a report"));
    const age::Header header = header_of(file);
    const std::array<const open::Identity*, 1> by{&intake};
    const std::array<const age::Recipient*, 2> to{&compartment.recipient(), &doctor.recipient()};
    const auto wrapped = open::rewrap(header, by, to, system);
    REQUIRE(wrapped);
    Bytes other(wrapped->begin(), wrapped->end());
    other.insert(other.end(), file.begin() + static_cast<std::ptrdiff_t>(header.raw.size()), file.end());
    for (const auto* reader : {&compartment, &doctor}) {
        const Opened opened = open_with(*reader, other);
        REQUIRE(opened.result);
        CHECK(as_text(opened.plain) == "a report");
    }
    CHECK(open_with(intake, other).result.error() == Errc::no_match);
    const std::array<const open::Identity*, 1> wrong{&doctor};
    CHECK(open::rewrap(header, wrong, to, system).error() == Errc::no_match);
}

TEST_CASE("a passphrase opens what it sealed; its work has a limit") {
    SystemRandom system;
    const age::ScryptRecipient recipient(SecretBytes::copy_of(as_bytes("correct horse")), 10);
    const std::array<const age::Recipient*, 1> recipients{&recipient};
    const Bytes file = age::encrypt(recipients, as_bytes("a report"), system).value();
    const open::ScryptIdentity right(SecretBytes::copy_of(as_bytes("correct horse")));
    const open::ScryptIdentity wrong(SecretBytes::copy_of(as_bytes("correct horsf")));
    const open::ScryptIdentity lazy(SecretBytes::copy_of(as_bytes("correct horse")), 9);
    const std::array<const open::Identity*, 1> identities{&right};
    CHECK(open::decrypt(identities, file).value().expose_text() == "a report");
    CHECK(open_with(wrong, file).result.error() == Errc::no_match);
    CHECK(open_with(lazy, file).result.error() == Errc::limit);
    CHECK(age::expect_x25519_only(header_of(file)).error() == Errc::no_match);
    CHECK(age::inspect(header_of(file)).value().types == std::vector<std::string>{"scrypt"});
}

TEST_CASE("recipients that do not go together are refused") {
    SystemRandom system;
    const auto one = open::X25519Identity::generate(system);
    const auto other = open::X25519Identity::generate(system);
    const age::ScryptRecipient passphrase(SecretBytes::copy_of(as_bytes("x")), 1);
    const auto seal = [&](std::vector<const age::Recipient*> recipients) { return age::encrypt(recipients, {}, system); };
    CHECK(seal({}).error() == Errc::format);
    CHECK(seal({&one.recipient(), &one.recipient()}).error() == Errc::format);
    CHECK(seal({&one.recipient(), &passphrase}).error() == Errc::format);
    CHECK(seal({&passphrase, &passphrase}).error() == Errc::format);
    CHECK(seal({&one.recipient(), &other.recipient()}).has_value());
    const age::X25519Recipient low_order{std::array<std::uint8_t, 32>{}};  // everybody would know the shared secret
    CHECK(seal({&low_order}).error() == Errc::format);
}

TEST_CASE("an identity file may have comments and empty lines, and must have an identity") {
    SystemRandom system;
    const auto first = open::X25519Identity::generate(system);
    const auto second = open::X25519Identity::generate(system);
    const std::string one(first.text().expose_text());
    const std::string two(second.text().expose_text());
    CHECK(open::parse_identity_file("# created\n\n" + one + "\r\n" + two).value().size() == 2);
    CHECK(open::parse_identity_file(one + "\n").value().size() == 1);
    CHECK(open::parse_identity_file("# nothing\n").error() == Errc::format);
    CHECK_FALSE(open::parse_identity_file(one + "\nAGE-SECRET-KEY-1QQQ\n"));
    CHECK_FALSE(open::parse_identity_file(" " + one));
}

TEST_CASE("an error of the sink stops the work and comes out") {
    SystemRandom system;
    const auto identity = open::X25519Identity::generate(system);
    const Bytes file = encrypt_to(identity, Bytes(200000));
    open::Decryptor decryptor({&identity}, [](ByteView) -> Result<void> { return Errc::io; });
    CHECK(decryptor.update(file).error() == Errc::io);
    const std::array<const age::Recipient*, 1> recipients{&identity.recipient()};
    CHECK(age::Encryptor::start(recipients, system, [](ByteView) -> Result<void> { return Errc::io; }).error() == Errc::io);
}
