#include "crypto/secret.hpp"

#include "crypto/password.hpp"
#include "crypto/random.hpp"
#include "tests/crypto/vectors.hpp"

#include <fstream>

using namespace crypto;

TEST_CASE("a secret begins as zeros, compares by value and leaves nothing behind when moved") {
    Secret<32> zeros;
    CHECK(std::all_of(zeros.expose().begin(), zeros.expose().end(), [](std::uint8_t byte) { return byte == 0; }));
    SecretBytes first = SecretBytes::copy_of(as_bytes("secret"));
    CHECK(first == SecretBytes::copy_of(as_bytes("secret")));
    CHECK_FALSE(first == SecretBytes::copy_of(as_bytes("secreT")));
    CHECK_FALSE(first == SecretBytes::copy_of(as_bytes("secret.")));
    const SecretBytes second = std::move(first);
    CHECK(second.expose_text() == "secret");
    CHECK(first.empty());
    CHECK(SecretBytes() == SecretBytes(0));
}

TEST_CASE("secrets are locked in memory") {
    const auto locked = [] {
        std::ifstream status("/proc/self/status");
        for (std::string line; std::getline(status, line);) {
            if (line.starts_with("VmLck:")) {
                return std::stoul(line.substr(6));
            }
        }
        return 0UL;
    };
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    SUCCEED("sanitizers make mlock do nothing");
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
    SUCCEED("sanitizers make mlock do nothing");
#else
    const auto before = locked();
    const SecretBytes secret(3000);  // larger than what is kept from those before
    CHECK(locked() > before);
#endif
#else
    const auto before = locked();
    const SecretBytes secret(3000);  // larger than what is kept from those before
    CHECK(locked() > before);
#endif
    (void)locked;
}

TEST_CASE("a secret's place is wiped before another has it, and its end is guarded") {
    const std::uint8_t* place = nullptr;
    {
        const SecretBytes secret = SecretBytes::copy_of(as_bytes("zeven kanaries op een rij"));
        place = secret.expose().data();
    }
    const SecretBytes next(25);
    CHECK(next.expose().data() == place);  // or this test shows nothing
    CHECK(std::ranges::all_of(next.expose(), [](std::uint8_t byte) { return byte == 0; }));

    const SecretBytes other(26);
    CHECK(reinterpret_cast<std::uintptr_t>(next.expose().data() + next.size()) % 4096 == 0);
    CHECK(reinterpret_cast<std::uintptr_t>(other.expose().data() + other.size()) % 4096 == 0);
    std::vector<SecretBytes> many;
    for (int i = 0; i < 200; ++i) {
        many.emplace_back(32);
    }
    many.clear();
    CHECK(Secret<32>() == Secret<32>());
}

TEST_CASE("the system's randomness does not repeat") {
    SystemRandom random;
    CHECK_FALSE(random.secret<32>() == random.secret<32>());
    CHECK(random.bytes<16>() != random.bytes<16>());
}

TEST_CASE("a password is verified by its hash alone") {
    const std::string hash = hash_password(as_bytes("correct horse"));
    CHECK(hash.starts_with("$argon2id$v=19$m=65536,t=2,p=1$"));
    CHECK(hash != hash_password(as_bytes("correct horse")));
    CHECK(verify_password(hash, as_bytes("correct horse")));
    CHECK_FALSE(verify_password(hash, as_bytes("correct horsf")));
    CHECK_FALSE(verify_password(hash, {}));
    CHECK_FALSE(verify_password("", as_bytes("correct horse")));
    CHECK_FALSE(verify_password("$argon2id$nonsense", as_bytes("correct horse")));
    CHECK_FALSE(verify_password(std::string(500, '$'), as_bytes("correct horse")));
}
