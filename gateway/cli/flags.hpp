// The words behind a subcommand: flags with a value, switches, and the rest. An unknown flag is a usage error (exit 2).
#pragma once

#include "gateway/cli/refusal.hpp"

#include <map>
#include <set>
#include <span>
#include <vector>

namespace gateway::cli {

class Flags {
public:
    struct Known {
        std::set<std::string, std::less<>> with_value;
        std::set<std::string, std::less<>> switches;
    };
    Flags(std::span<const std::string_view> arguments, const Known& known);

    bool has(std::string_view flag) const { return switches_.contains(flag) || values_.contains(flag); }
    std::string value(std::string_view flag, std::string otherwise = {}) const;
    std::string required(std::string_view flag) const;
    const std::vector<std::string>& rest() const noexcept { return rest_; }

private:
    std::map<std::string, std::string, std::less<>> values_;
    std::set<std::string, std::less<>> switches_;
    std::vector<std::string> rest_;
};

}  // namespace gateway::cli
