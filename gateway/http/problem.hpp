// RFC 9457 problems: the one place where a refusal becomes an answer. `type` is stable ("urn:sluis:problem:…", or the registered type
// where there is one), the title is a sentence a doctor understands, in the caller's language. Unknown and forbidden are the same problem
// outside.
#pragma once

#include "gateway/http/response.hpp"

namespace gateway::http {

struct Problem {
    int status;
    std::string_view type;  // last part of the urn: "not-found", "not-encrypted"; or a registered type's whole URI
};

namespace problems {
constexpr Problem bad_request{400, "bad-request"};
constexpr Problem unauthorized{401, "unauthorized"};
constexpr Problem forbidden{403, "forbidden"};  // neutral: closed, paused, withdrawn, over quota of the grant
constexpr Problem not_found{404, "not-found"};  // also: not yours
constexpr Problem method_not_allowed{405, "method-not-allowed"};
constexpr Problem timeout{408, "timeout"};
constexpr Problem conflict{409, "conflict"};
constexpr Problem offset_mismatch{409, "https://iana.org/assignments/http-problem-types#mismatching-upload-offset"};
constexpr Problem inconsistent_length{400, "https://iana.org/assignments/http-problem-types#inconsistent-upload-length"};
constexpr Problem completed_upload{400, "https://iana.org/assignments/http-problem-types#completed-upload"};
constexpr Problem digest_mismatch{400, "digest-mismatch"};  // Content-Digest or Repr-Digest
constexpr Problem incomplete{409, "incomplete"};
constexpr Problem gone{410, "gone"};  // ended: expired, withdrawn or taken back
constexpr Problem length_required{411, "length-required"};
constexpr Problem unsupported_version{412, "unsupported-version"};
constexpr Problem too_large{413, "too-large"};
constexpr Problem target_too_long{414, "target-too-long"};
constexpr Problem unsupported_type{415, "unsupported-type"};
constexpr Problem range_not_satisfiable{416, "range-not-satisfiable"};
constexpr Problem expectation_failed{417, "expectation-failed"};
constexpr Problem misdirected{421, "misdirected"};
constexpr Problem not_encrypted{422, "not-encrypted"};  // no age file, or for another kind of recipient
constexpr Problem damaged{422, "damaged"};  // an age file cut short, or bytes that do not fit their digest
constexpr Problem invalid{422, "invalid"};  // a field breaks a rule; detail says which
constexpr Problem too_many{429, "too-many"};
constexpr Problem header_too_large{431, "header-too-large"};
constexpr Problem checksum_mismatch{460, "checksum-mismatch"};  // tus Upload-Checksum
constexpr Problem internal{500, "internal"};
constexpr Problem not_implemented{501, "not-implemented"};
constexpr Problem unavailable{503, "unavailable"};
constexpr Problem version_not_supported{505, "version-not-supported"};
constexpr Problem no_space{507, "no-space"};
}  // namespace problems

struct Member {
    std::string_view name;  // of an extension member
    std::uint64_t value;
};

// `accept_language` chooses nl (default), fr, de or en. `detail` is ours, in English, for developers; it holds no personal data.
Response problem(
    const Problem& what,
    std::string_view accept_language = {},
    std::string_view detail = {},
    std::initializer_list<Member> members = {}
);

}  // namespace gateway::http
