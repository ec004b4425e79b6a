// The answer of a gate: yes or no, by which rule and why, on which consent. Every decision is logged as it is, so the words are short,
// stable and hold no personal data. `reason` is a code ("withdrawn"), never a sentence; disclosure.hpp has the sentences.
#pragma once

#include "policies/ids.hpp"

namespace policies {

enum class Gate { invite, upload_start, upload_complete, route, read, export_ };

std::string_view text_of(Gate gate) noexcept;  // "invite", "upload-start", "upload-complete", "route", "read", "export"
std::optional<Gate> parse_gate(std::string_view text) noexcept;

struct Decision {
    bool permit = false;
    std::string rule;                  // id of the consent or access rule that decided; "" when none was there
    std::string reason;                // "given", "not-needed", "missing", "withdrawn", "expired", "not-yet", …
    std::optional<ConsentId> consent;  // the record that decided, when one did
    std::uint64_t epoch = 0;           // of (dossier, discloser) when it was decided
};

}  // namespace policies
