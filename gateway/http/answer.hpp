// The head of an answer as bytes: status line, Content-Length, Date and the headers that go out with everything (HSTS, CSP, …).
// A handler's own header of the same name replaces ours. Pure.
#pragma once

#include "gateway/http/response.hpp"
#include "policies/instant.hpp"

namespace gateway::http {

struct AnswerFrame {
    bool portal = false;  // the portal's content security policy, else the API's
    bool close = false;
    policies::Instant now;
};

std::uint64_t body_size(const Response& response);  // of body, asset or source, whichever is there
bool has_body(const Response& response, Method method);  // RFC 9112 section 6.3: not on HEAD, 204, 304
bool is_clean(const Response& response);  // no header that would break out of its line
std::string interim_head(const Response& response);  // of a 1xx: its own headers and nothing else, RFC 9110 section 15.2
std::string answer_head(const Response& response, const AnswerFrame& frame);

}  // namespace gateway::http
