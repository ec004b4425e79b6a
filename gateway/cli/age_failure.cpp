#include "gateway/cli/age_failure.hpp"

#include <cerrno>
#include <cstring>

namespace gateway::cli {

namespace {

std::string sentence_of(const boost::system::error_code& error, const std::string& name) {
    if (error == crypto::Errc::header) {
        return name + ": not an age file, or its header is damaged";
    }
    return name + ": " + error.message();
}

}  // namespace

AgeFailure::AgeFailure(const boost::system::error_code& error, const std::string& name)
    : AgeFailure(
          error.category() == crypto::category() ? static_cast<crypto::Errc>(error.value()) : crypto::Errc::io,
          sentence_of(error, name)
      ) {}

AgeFailure io_failure(const std::string& what) {
    return {crypto::Errc::io, what + ": " + std::strerror(errno)};
}

}  // namespace gateway::cli
