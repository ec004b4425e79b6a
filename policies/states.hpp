// The states of domain.md as types, and their texts as they stand in databases, JSON and logs. Moving from one state to another is
// the ledgers' work (storage/core); here are only the words.
#pragma once

#include <optional>
#include <string_view>

namespace policies {

enum class DocumentState { accepted, checking, filing, filed, quarantined, redo, refused, withdrawn };
enum class GrantState { open, paused, withdrawn, closed };
enum class RequestState { sent, opened, partial, complete, closed, expired };
enum class ConsentState { requested, given, refused, withdrawn, expired, invalidated };

std::string_view text_of(DocumentState state) noexcept;
std::string_view text_of(GrantState state) noexcept;
std::string_view text_of(RequestState state) noexcept;
std::string_view text_of(ConsentState state) noexcept;

std::optional<DocumentState> parse_document_state(std::string_view text) noexcept;
std::optional<GrantState> parse_grant_state(std::string_view text) noexcept;
std::optional<ConsentState> parse_consent_state(std::string_view text) noexcept;

bool is_final(DocumentState state) noexcept;  // nothing more happens to it on its way in

}  // namespace policies
