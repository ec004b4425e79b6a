// `sluis init`: keys, certificates and configuration for the two machines.
#pragma once

#include <span>
#include <string_view>

namespace gateway::cli {

int run_init(std::span<const std::string_view> arguments);

}  // namespace gateway::cli
