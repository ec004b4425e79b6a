#include "tests/gateway/core/world.hpp"

#include "crypto/age/armor.hpp"
#include "crypto/errors.hpp"
#include "crypto/open/open.hpp"

using gateway::core::Keyring;

namespace {

constexpr std::string_view passphrase = "een lange zin die niemand raadt";

struct Files {
    world::Folder folder;
    crypto::SystemRandom random;
    crypto::open::X25519Identity identity = (crypto::start_secret_memory(), crypto::open::X25519Identity::generate(random));
    std::filesystem::path identity_file = folder.path() / "kek.age";
    std::filesystem::path passphrase_file = folder.path() / "passphrase";

    void write(const std::filesystem::path& file, crypto::ByteView bytes) const {
        std::ofstream(file, std::ios::binary) << crypto::as_text(bytes);
    }

    std::string identity_lines() const { return "# made by a test\n" + std::string(identity.text().expose_text()) + "\n"; }

    // Work factor 10: the format is what is tested here, not the hour of an attacker.
    crypto::Bytes under_passphrase() {
        const crypto::age::ScryptRecipient recipient(crypto::SecretBytes::copy_of(crypto::as_bytes(passphrase)), 10);
        const crypto::age::Recipient* const to[] = {&recipient};
        auto sealed = crypto::age::encrypt(to, crypto::as_bytes(identity_lines()), random);
        REQUIRE(sealed.has_value());
        return std::move(*sealed);
    }
};

}  // namespace

TEST_CASE("what a keyring seals, it unseals, and so does the identity alone") {
    Files files;
    files.write(files.identity_file, crypto::as_bytes(files.identity_lines()));
    const auto keyring = Keyring::open({files.identity_file});
    REQUIRE(keyring.has_value());
    CHECK(keyring->recipient() == files.identity.recipient().text());
    for (const std::size_t size : {std::size_t{0}, std::size_t{64}, std::size_t{100'000}}) {
        const auto secret = world::some_bytes(size);
        const auto sealed = keyring->seal(secret, files.random);
        const auto opened = keyring->unseal(sealed);
        REQUIRE(opened.has_value());
        CHECK(std::equal(secret.begin(), secret.end(), opened->expose().begin(), opened->expose().end()));
    }
    const crypto::open::Identity* const by[] = {&files.identity};
    CHECK(crypto::open::decrypt(by, keyring->seal(crypto::as_bytes("plain age file"), files.random))->expose_text() == "plain age file");
}

TEST_CASE("an identity file under a passphrase opens with it, with or without a newline behind it") {
    Files files;
    const std::string ending = GENERATE(std::string(), std::string("\n"), std::string("\r\n"));
    const bool armored = GENERATE(false, true);
    auto sealed = files.under_passphrase();
    if (armored) {
        crypto::Bytes text;
        auto sink = [&text](crypto::ByteView bytes) -> crypto::Result<void> {
            text.insert(text.end(), bytes.begin(), bytes.end());
            return {};
        };
        crypto::age::ArmorWriter writer(std::move(sink));
        REQUIRE(writer.update(sealed).has_value());
        REQUIRE(writer.finish().has_value());
        sealed = std::move(text);
    }
    files.write(files.identity_file, sealed);
    files.write(files.passphrase_file, crypto::as_bytes(std::string(passphrase) + ending));
    const auto keyring = Keyring::open({files.identity_file, files.passphrase_file});
    REQUIRE(keyring.has_value());
    CHECK(keyring->recipient() == files.identity.recipient().text());
}

TEST_CASE("a keyring says what is wrong with its files") {
    Files files;
    const auto error = [&files](bool with_passphrase) {
        const auto keyring = Keyring::open({files.identity_file, with_passphrase ? std::optional(files.passphrase_file) : std::nullopt});
        REQUIRE(keyring.has_error());
        return keyring.error();
    };
    CHECK(error(false) == crypto::Errc::io);  // no file

    files.write(files.identity_file, crypto::as_bytes("# nothing but a comment\n"));
    CHECK(error(false) == crypto::Errc::format);

    files.write(files.identity_file, world::some_bytes(64 * 1024 + 1));
    CHECK(error(false) == crypto::Errc::limit);

    files.write(files.identity_file, files.under_passphrase());
    CHECK(error(true) == crypto::Errc::io);  // no passphrase file
    files.write(files.passphrase_file, crypto::as_bytes("een andere zin"));
    CHECK(error(true) == crypto::Errc::no_match);
}

TEST_CASE("a keyring does not open what was sealed to another") {
    Files files;
    files.write(files.identity_file, crypto::as_bytes(files.identity_lines()));
    const auto keyring = Keyring::open({files.identity_file});
    const auto other = crypto::open::X25519Identity::generate(files.random);
    const crypto::age::Recipient* const to[] = {&other.recipient()};
    const auto sealed = crypto::age::encrypt(to, crypto::as_bytes("not yours"), files.random);
    CHECK(keyring->unseal(*sealed).error() == crypto::Errc::no_match);
    auto damaged = keyring->seal(crypto::as_bytes("mine"), files.random);
    damaged.back() ^= 1;
    CHECK(keyring->unseal(damaged).error() == crypto::Errc::payload);
}

TEST_CASE("the recovery recipient opens whatever the keyring seals, and a rotation re-wraps each secret once") {
    Files files;
    const auto recovery = crypto::open::X25519Identity::generate(files.random);
    const auto newer = crypto::open::X25519Identity::generate(files.random);
    files.write(files.identity_file, crypto::as_bytes(files.identity_lines()));
    auto keyring = Keyring::open({files.identity_file, std::nullopt, recovery.recipient().text()});
    REQUIRE(keyring.has_value());
    const auto opens = [](const crypto::open::X25519Identity& identity, crypto::ByteView sealed) {
        const crypto::open::Identity* const by[] = {&identity};
        const auto opened = crypto::open::decrypt(by, sealed);
        return opened.has_value() && opened->expose_text() == "a key";
    };
    const auto sealed = keyring->seal(crypto::as_bytes("a key"), files.random);
    CHECK(opens(files.identity, sealed));
    CHECK(opens(recovery, sealed));
    CHECK_FALSE(keyring->rewrap(sealed, files.random)->has_value());

    const auto line = [](const crypto::open::X25519Identity& identity) { return std::string(identity.text().expose_text()) + "\n"; };
    files.write(files.identity_file, crypto::as_bytes(line(newer) + line(files.identity)));
    REQUIRE(keyring->reload(recovery.recipient().text()).has_value());
    CHECK(keyring->recipient() == newer.recipient().text());
    CHECK(keyring->unseal(sealed)->expose_text() == "a key");
    const auto fresh = keyring->rewrap(sealed, files.random);
    REQUIRE((fresh.has_value() && fresh->has_value()));
    CHECK(opens(newer, **fresh));
    CHECK(opens(recovery, **fresh));
    CHECK_FALSE(opens(files.identity, **fresh));
    CHECK_FALSE(keyring->rewrap(**fresh, files.random)->has_value());

    files.write(files.identity_file, crypto::as_bytes("no identity\n"));
    CHECK(keyring->reload(recovery.recipient().text()).has_error());
    CHECK(keyring->unseal(**fresh)->expose_text() == "a key");
}

TEST_CASE("a secret sealed before there was a recovery recipient is re-wrapped for it") {
    Files files;
    files.write(files.identity_file, crypto::as_bytes(files.identity_lines()));
    const auto before = Keyring::open({files.identity_file});
    const auto recovery = crypto::open::X25519Identity::generate(files.random);
    const auto after = Keyring::open({files.identity_file, std::nullopt, recovery.recipient().text()});
    const auto fresh = after->rewrap(before->seal(crypto::as_bytes("a key"), files.random), files.random);
    REQUIRE((fresh.has_value() && fresh->has_value()));
    const crypto::open::Identity* const by[] = {&recovery};
    CHECK(crypto::open::decrypt(by, **fresh)->expose_text() == "a key");
}
