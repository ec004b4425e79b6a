#include "gateway/core/console/call.hpp"

#include "gateway/log.hpp"

namespace gateway::core::console {

http::Response answer_refusal(const Refusal& refusal, const Call& call) {
    switch (refusal.kind) {
    case Refusal::Kind::not_found:
        return http::problem(http::problems::not_found, call.language);
    case Refusal::Kind::conflict:
        return http::problem(http::problems::conflict, call.language, refusal.detail);
    case Refusal::Kind::invalid:
    case Refusal::Kind::consent_missing:
        break;
    }
    return http::problem(http::problems::invalid, call.language, refusal.detail);
}

http::Response answer_error(const boost::system::error_code& error, const Call& call) {
    if (error == storage::Errc::not_found) {
        return answer_not_found(call);
    }
    log_event("console.failed", {{"error", error.message()}});
    const auto& what = error == storage::Errc::full ? http::problems::no_space : http::problems::internal;
    return http::problem(what, call.language);
}

http::Response answer_not_found(const Call& call) {
    return http::problem(http::problems::not_found, call.language);
}

http::Response answer_invalid(const Call& call, std::string_view detail) {
    return http::problem(http::problems::invalid, call.language, detail);
}

}  // namespace gateway::core::console
