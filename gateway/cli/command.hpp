// What `sluis` can do: one function a subcommand, which gets the words behind its name and returns the exit code: 0 done, 1 refused or
// invalid, 2 wrong usage (`age` has more, see age.hpp). It may throw Refusal; main turns that into one line on stderr.
#pragma once

#include <span>
#include <string_view>

namespace gateway::cli {

int run_age(std::span<const std::string_view> arguments);
int run_receipt(std::span<const std::string_view> arguments);
int run_send(std::span<const std::string_view> arguments);
int run_receive(std::span<const std::string_view> arguments);
int run_credential(std::span<const std::string_view> arguments);
int run_init(std::span<const std::string_view> arguments);
int run_keys(std::span<const std::string_view> arguments);
int run_demo(std::span<const std::string_view> arguments);

}  // namespace gateway::cli
