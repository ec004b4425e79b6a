// Argon2id through libsodium, interactive cost (64 MiB, about 60 ms): never on an I/O thread.
#pragma once

#include "crypto/secret.hpp"

#include <string>

namespace crypto {

std::string hash_password(ByteView password);                             // "$argon2id$…", salted
bool verify_password(std::string_view hash, ByteView password) noexcept;  // false also for a hash that does not parse

}  // namespace crypto
