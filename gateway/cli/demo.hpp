// `sluis demo`: the whole installation on loopback, with a mail server, three dossiers and somebody in every role.
#pragma once

#include <span>
#include <string_view>

namespace gateway::cli {

int run_demo(std::span<const std::string_view> arguments);

}  // namespace gateway::cli
