#include "crypto/password.hpp"

#include <sodium.h>

#include <array>
#include <new>

namespace crypto {

namespace {

// libsodium wants an address even for nothing.
const char* characters_of(ByteView password) {
    return password.empty() ? "" : reinterpret_cast<const char*>(password.data());
}

}  // namespace

std::string hash_password(ByteView password) {
    std::array<char, crypto_pwhash_STRBYTES> hash{};
    const int done = crypto_pwhash_str_alg(
        hash.data(),
        characters_of(password),
        password.size(),
        crypto_pwhash_OPSLIMIT_INTERACTIVE,
        crypto_pwhash_MEMLIMIT_INTERACTIVE,
        crypto_pwhash_ALG_ARGON2ID13
    );
    if (done != 0) {
        throw std::bad_alloc();  // the one thing that can go wrong
    }
    return hash.data();
}

bool verify_password(std::string_view hash, ByteView password) noexcept {
    std::array<char, crypto_pwhash_STRBYTES> text{};  // libsodium wants a final NUL
    if (hash.size() >= text.size()) {
        return false;
    }
    std::copy(hash.begin(), hash.end(), text.begin());
    return crypto_pwhash_str_verify(text.data(), characters_of(password), password.size()) == 0;
}

}  // namespace crypto
