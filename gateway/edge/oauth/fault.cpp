#include "gateway/edge/oauth/fault.hpp"

namespace gateway::edge::oauth {

std::string_view text_of(Fault fault) noexcept {
    switch (fault) {
    case Fault::form:
        return "form";
    case Fault::type:
        return "type";
    case Fault::issuer:
        return "issuer";
    case Fault::signature:
        return "signature";
    case Fault::audience:
        return "audience";
    case Fault::time:
        return "time";
    case Fault::client:
        return "client";
    case Fault::unbound:
        return "unbound";
    case Fault::certificate:
        return "certificate";
    case Fault::proof:
        return "proof";
    case Fault::key:
        return "key";
    case Fault::request:
        return "request";
    case Fault::replay:
        return "replay";
    case Fault::full:
        return "full";
    case Fault::unknown:
        break;
    }
    return "unknown";
}

}  // namespace gateway::edge::oauth
