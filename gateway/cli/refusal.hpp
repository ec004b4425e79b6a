// Why a command stops. Thrown anywhere under gateway/cli and caught once per command, in run_command: one line on stderr and the exit code.
#pragma once

#include "crypto/result.hpp"

#include <stdexcept>
#include <string>

namespace gateway::cli {

class Refusal final : public std::runtime_error {
public:
    enum class Kind { refused = 1, usage = 2 };
    explicit Refusal(const std::string& sentence, Kind kind = Kind::refused) : std::runtime_error(sentence), kind_(kind) {}
    // `type`: a word for scripts, stable: "changed", "unreachable", or the last part of a problem's urn.
    struct Type {
        std::string word;
    };
    Refusal(Type type, const std::string& sentence) : std::runtime_error(sentence), type_(std::move(type)) {}

    int exit_code() const noexcept { return static_cast<int>(kind_); }
    const std::string& type() const noexcept { return type_.word; }

private:
    Kind kind_ = Kind::refused;
    Type type_{"refused"};
};

inline Refusal wrong_usage(const std::string& sentence) {
    return Refusal(sentence, Refusal::Kind::usage);
}

// The value, or a Refusal that says what was being done and what came of it.
template <class T>
T value_or_refuse(crypto::Result<T> result, const std::string& doing) {
    if (result.has_error()) {
        throw Refusal(doing + ": " + result.error().message());
    }
    if constexpr (!std::is_void_v<T>) {
        return std::move(*result);
    }
}

}  // namespace gateway::cli
