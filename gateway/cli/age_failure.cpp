#include "gateway/cli/age_failure.hpp"

#include "crypto/age/hybrid.hpp"
#include "crypto/digest.hpp"

#include <algorithm>
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

std::string needs_newer_openssl(const std::string& what) {
    return what + ": that needs OpenSSL 3.5 or newer, and this is " + crypto::openssl_version();
}

AgeFailure unopened(const crypto::age::Header& header, const boost::system::error_code& error, const std::string& name) {
    const auto has = [&header](std::string_view type) {
        return std::ranges::any_of(header.stanzas, [type](const auto& stanza) { return stanza.type == type; });
    };
    const bool post_quantum = has(crypto::age::hybrid_type);
    const bool sealed_with_passphrase = has("scrypt");
    if (error == crypto::Errc::no_match && post_quantum && !crypto::age::has_ml_kem()) {
        return {crypto::Errc::no_match, needs_newer_openssl(name + ": sealed to a post-quantum recipient (mlkem768x25519)")};
    }
    if (error == crypto::Errc::no_match && sealed_with_passphrase) {
        return {crypto::Errc::no_match, name + ": sealed with a passphrase, and not with the one that was given"};
    }
    return {error, name};
}

AgeFailure io_failure(const std::string& what) {
    return {crypto::Errc::io, what + ": " + std::strerror(errno)};
}

}  // namespace gateway::cli
