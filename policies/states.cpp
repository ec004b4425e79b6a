#include "policies/states.hpp"

#include <initializer_list>

namespace policies {

namespace {

template <class State>
std::optional<State> parse(std::initializer_list<State> all, std::string_view text) noexcept {
    for (const auto state : all) {
        if (text == text_of(state)) {
            return state;
        }
    }
    return std::nullopt;
}

}  // namespace

std::string_view text_of(DocumentState state) noexcept {
    switch (state) {
    case DocumentState::accepted:
        return "accepted";
    case DocumentState::checking:
        return "checking";
    case DocumentState::filing:
        return "filing";
    case DocumentState::filed:
        return "filed";
    case DocumentState::quarantined:
        return "quarantined";
    case DocumentState::redo:
        return "redo";
    case DocumentState::refused:
        return "refused";
    case DocumentState::withdrawn:
        return "withdrawn";
    }
    return {};
}

std::string_view text_of(GrantState state) noexcept {
    switch (state) {
    case GrantState::open:
        return "open";
    case GrantState::paused:
        return "paused";
    case GrantState::withdrawn:
        return "withdrawn";
    case GrantState::closed:
        return "closed";
    }
    return {};
}

std::string_view text_of(RequestState state) noexcept {
    switch (state) {
    case RequestState::sent:
        return "sent";
    case RequestState::opened:
        return "opened";
    case RequestState::partial:
        return "partial";
    case RequestState::complete:
        return "complete";
    case RequestState::closed:
        return "closed";
    case RequestState::expired:
        return "expired";
    }
    return {};
}

std::string_view text_of(ConsentState state) noexcept {
    switch (state) {
    case ConsentState::requested:
        return "requested";
    case ConsentState::given:
        return "given";
    case ConsentState::refused:
        return "refused";
    case ConsentState::withdrawn:
        return "withdrawn";
    case ConsentState::expired:
        return "expired";
    case ConsentState::invalidated:
        return "invalidated";
    }
    return {};
}

std::optional<DocumentState> parse_document_state(std::string_view text) noexcept {
    using enum DocumentState;
    return parse({accepted, checking, filing, filed, quarantined, redo, refused, withdrawn}, text);
}

std::optional<GrantState> parse_grant_state(std::string_view text) noexcept {
    using enum GrantState;
    return parse({open, paused, withdrawn, closed}, text);
}

std::optional<ConsentState> parse_consent_state(std::string_view text) noexcept {
    using enum ConsentState;
    return parse({requested, given, refused, withdrawn, expired, invalidated}, text);
}

bool is_final(DocumentState state) noexcept {
    return state != DocumentState::accepted && state != DocumentState::checking && state != DocumentState::filing;
}

}  // namespace policies
