// Identifiers: 128 random bits as 32 hex digits, a type each, so that an upload never passes for a dossier. No meaning inside.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace policies {

template <class Tag>
class Id {
public:
    static std::optional<Id> parse(std::string_view text) {
        if (text.size() != 32 || text.find_first_not_of("0123456789abcdef") != std::string_view::npos) {
            return std::nullopt;
        }
        return Id(std::string(text));
    }

    static Id from_random(const std::array<std::uint8_t, 16>& bytes) {
        std::string text;
        for (const auto byte : bytes) {
            text += "0123456789abcdef"[byte >> 4];
            text += "0123456789abcdef"[byte & 15];
        }
        return Id(std::move(text));
    }

    const std::string& text() const noexcept { return text_; }
    friend auto operator<=>(const Id&, const Id&) = default;

private:
    explicit Id(std::string text) : text_(std::move(text)) {}
    std::string text_;
};

using DossierId = Id<struct DossierTag>;
using PartyId = Id<struct PartyTag>;
using RequestId = Id<struct RequestTag>;
using ItemId = Id<struct ItemTag>;  // the opaque code the edge sees
using ConsentId = Id<struct ConsentTag>;
using GrantId = Id<struct GrantTag>;
using UploadId = Id<struct UploadTag>;
using DocumentId = Id<struct DocumentTag>;
using CompartmentId = Id<struct CompartmentTag>;
using StaffId = Id<struct StaffTag>;
using NoticeId = Id<struct NoticeTag>;
using ReleaseId = Id<struct ReleaseTag>;

}  // namespace policies
