// `sluis receipt verify FILE --key VKEY`: checks a receipt with nothing but the log's public key, and says what it proves.
// Exit code 0 valid, 1 invalid or unreadable, 2 wrong usage.
#pragma once

#include <span>
#include <string_view>

namespace gateway::cli {

int run_receipt(std::span<const std::string_view> arguments);

}  // namespace gateway::cli
