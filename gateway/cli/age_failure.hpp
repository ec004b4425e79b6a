// Why `sluis age` stops, with the exit code of its class. Thrown in age*.cpp, caught in run_age.
#pragma once

#include "crypto/age/header.hpp"
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

// Of post-quantum keys and files (mlkem768x25519), which this program cannot use: "…: that needs OpenSSL 3.5 or newer, and this is …".
std::string needs_newer_openssl(const std::string& what);

// Why no identity opens the file with this header.
AgeFailure unopened(const crypto::age::Header& header, const boost::system::error_code& error, const std::string& name);

// The same for what the operating system refused (errno).
AgeFailure io_failure(const std::string& what);

}  // namespace gateway::cli
