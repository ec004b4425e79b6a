#include "policies/decision.hpp"

namespace policies {

std::string_view text_of(Gate gate) noexcept {
    switch (gate) {
    case Gate::invite:
        return "invite";
    case Gate::upload_start:
        return "upload-start";
    case Gate::upload_complete:
        return "upload-complete";
    case Gate::route:
        return "route";
    case Gate::read:
        return "read";
    case Gate::export_:
        return "export";
    }
    return {};
}

std::optional<Gate> parse_gate(std::string_view text) noexcept {
    for (const auto gate : {Gate::invite, Gate::upload_start, Gate::upload_complete, Gate::route, Gate::read, Gate::export_}) {
        if (text == text_of(gate)) {
            return gate;
        }
    }
    return std::nullopt;
}

}  // namespace policies
