// The payload of a token as typed values: what is not there or of another type is nothing. Pure.
#pragma once

#include "crypto/digest.hpp"
#include "policies/instant.hpp"

#include <nlohmann/json_fwd.hpp>

#include <memory>
#include <vector>

namespace gateway::edge::oauth {

class Claims {
public:
    // No object, or no JSON: all claims are absent.
    explicit Claims(crypto::ByteView payload);
    ~Claims();
    Claims(const Claims&) = delete;
    Claims& operator=(const Claims&) = delete;

    bool has(const char* name) const;
    std::optional<std::string> text(const char* name) const;                                // not empty, no control characters
    std::vector<std::string> texts(const char* name) const;                                 // one, or a list of them
    std::optional<policies::Instant> time(const char* name) const;                          // NumericDate, RFC 7519 section 2
    std::optional<crypto::Digest> digest_in(const char* object, const char* name) const;    // base64url of 32 bytes
    bool has_in(const char* object, const char* name) const;

private:
    std::unique_ptr<nlohmann::json> object_;
};

// 32 bytes in base64url.
std::optional<crypto::Digest> parse_digest(std::string_view text);

}  // namespace gateway::edge::oauth
