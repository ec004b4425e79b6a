// One call of the console's interface, after the coroutine has read it and before the answer: the body whole, the caller known. Work
// functions take it on a pool thread, block as they like, and give the answer.
#pragma once

#include "gateway/core/console/tools.hpp"
#include "gateway/http/routes.hpp"

namespace gateway::core::console {

struct Call {
    std::optional<storage::core::StaffMember> staff;  // always there on routes for staff
    std::optional<crypto::Digest> session;            // SHA-256 of the cookie's token, when there is one
    std::string id;                                   // of the path
    std::string body;
    std::string language;  // Accept-Language
};

using Work = http::Response (*)(const Tools&, const Call&);

// An answer for what the desk refused, and for a database that failed.
http::Response answer_refusal(const Refusal& refusal, const Call& call);
http::Response answer_error(const boost::system::error_code& error, const Call& call);
http::Response answer_not_found(const Call& call);
http::Response answer_invalid(const Call& call, std::string_view detail);

}  // namespace gateway::core::console
