#include "gateway/core/grant_keys.hpp"

#include "crypto/errors.hpp"

namespace gateway::core {

namespace {

constexpr std::size_t key_bytes = 32;
constexpr std::size_t sealed_keys_bytes = 64;  // envelope key ‖ manifest key

}  // namespace

crypto::Result<crypto::Secret<32>> envelope_key(const storage::core::Grant& grant, const Keyring& keyring, crypto::Random& random) {
    if (grant.sealed_keys.empty()) {
        return random.secret<key_bytes>();
    }
    const auto keys = keyring.unseal(grant.sealed_keys);
    if (keys.has_error()) {
        return keys.error();
    }
    if (keys->size() != sealed_keys_bytes) {
        return crypto::Errc::format;
    }
    return crypto::Secret<32>::copy_of(keys->expose().first<key_bytes>());
}

}  // namespace gateway::core
