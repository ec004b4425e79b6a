// The private key of a program's own log, from its file: one line, "PRIVATE+KEY+name+…".
#pragma once

#include "crypto/note.hpp"

#include <filesystem>

namespace gateway {

crypto::NoteSigner read_log_key(const std::filesystem::path& file);  // throws std::runtime_error, one line; for main

}  // namespace gateway
