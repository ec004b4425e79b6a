// Why `sluis age` stops, with the exit code of its class. Thrown in age*.cpp, caught in run_age.
#pragma once

#include "crypto/errors.hpp"

#include <stdexcept>
#include <string>

namespace gateway::cli {

class AgeFailure final : public std::runtime_error {
public:
    AgeFailure(crypto::Errc error, const std::string& sentence) : std::runtime_error(sentence), error_(error) {}
    // The class of `error`, in words about `name`.
    AgeFailure(const boost::system::error_code& error, const std::string& name);

    int exit_code() const noexcept { return static_cast<int>(error_); }

private:
    crypto::Errc error_;
};

// The same for what the operating system refused (errno).
AgeFailure io_failure(const std::string& what);

}  // namespace gateway::cli
