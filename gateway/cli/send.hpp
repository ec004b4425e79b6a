// `sluis send`: the contractor's way in, and everybody's who rather trusts a program than a page.
#pragma once

#include <span>
#include <string_view>

namespace gateway::cli {

int run_send(std::span<const std::string_view> arguments);

}  // namespace gateway::cli
