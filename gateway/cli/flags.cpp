#include "gateway/cli/flags.hpp"

namespace gateway::cli {

Flags::Flags(std::span<const std::string_view> arguments, const Known& known) {
    for (std::size_t at = 0; at < arguments.size(); ++at) {
        const std::string_view word = arguments[at];
        if (known.switches.contains(word)) {
            switches_.emplace(word);
        } else if (known.with_value.contains(word)) {
            if (at + 1 == arguments.size()) {
                throw wrong_usage(std::string(word) + " needs a value");
            }
            values_[std::string(word)] = arguments[++at];
        } else if (word.size() > 1 && word.front() == '-') {
            throw wrong_usage("unknown option " + std::string(word));
        } else {
            rest_.emplace_back(word);
        }
    }
}

std::string Flags::value(std::string_view flag, std::string otherwise) const {
    const auto found = values_.find(flag);
    return found == values_.end() ? std::move(otherwise) : found->second;
}

std::string Flags::required(std::string_view flag) const {
    if (!values_.contains(flag)) {
        throw wrong_usage(std::string(flag) + " is missing");
    }
    return value(flag);
}

}  // namespace gateway::cli
