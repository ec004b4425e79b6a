// `sluis credential show`: what a curl or tus client needs to hand in by itself, out of a link or a credential file.
#pragma once

#include <span>
#include <string_view>

namespace gateway::cli {

int run_credential(std::span<const std::string_view> arguments);

}  // namespace gateway::cli
