// `sluis age keygen|encrypt|decrypt|inspect|rewrap`: the age format with the flags of age(1), and exit codes that tell the classes of
// failure apart: 3 no match, 4 header MAC, 5 header, 6 payload, 7 armor, 8 limit, 9 I/O (the values of crypto::Errc); 2 wrong usage.
// Streams in constant memory. A file named with -o appears whole or not at all.
#pragma once

#include <span>
#include <string_view>

namespace gateway::cli {

int run_age(std::span<const std::string_view> arguments);

}  // namespace gateway::cli
