#include "gateway/edge/oauth/claims.hpp"

#include "crypto/encoding.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>

namespace gateway::edge::oauth {
namespace {

using nlohmann::json;

constexpr double seconds_max = 1e11;  // the year 5138: far from what an Instant can hold

const json* member(const json& object, const char* name) {
    const auto found = object.is_object() ? object.find(name) : object.end();
    return object.is_object() && found != object.end() ? &*found : nullptr;
}

// A line break would let one name pass for two where names are hashed a line each.
bool is_line(const std::string& text) {
    const auto is_control = [](char letter) { return static_cast<unsigned char>(letter) < 0x20 || letter == 0x7f; };
    return !text.empty() && std::ranges::none_of(text, is_control);
}

}  // namespace

Claims::Claims(crypto::ByteView payload) : object_(std::make_unique<json>(json::parse(payload.begin(), payload.end(), nullptr, false))) {}

Claims::~Claims() = default;

bool Claims::has(const char* name) const {
    return member(*object_, name) != nullptr;
}

std::optional<std::string> Claims::text(const char* name) const {
    const auto* value = member(*object_, name);
    if (value == nullptr || !value->is_string() || !is_line(value->get_ref<const std::string&>())) {
        return std::nullopt;
    }
    return value->get<std::string>();
}

std::vector<std::string> Claims::texts(const char* name) const {
    std::vector<std::string> all;
    const auto* value = member(*object_, name);
    if (value != nullptr && value->is_string()) {
        all.push_back(value->get<std::string>());
    }
    if (value != nullptr && value->is_array()) {
        for (const auto& one : *value) {
            if (one.is_string()) {
                all.push_back(one.get<std::string>());
            }
        }
    }
    return all;
}

std::optional<policies::Instant> Claims::time(const char* name) const {
    const auto* value = member(*object_, name);
    if (value == nullptr || !value->is_number()) {
        return std::nullopt;
    }
    const auto seconds = value->get<double>();
    if (!std::isfinite(seconds) || seconds < 0 || seconds > seconds_max) {
        return std::nullopt;
    }
    return policies::Instant{static_cast<std::int64_t>(seconds * policies::one_second)};
}

bool Claims::has_in(const char* object, const char* name) const {
    const auto* inner = member(*object_, object);
    return inner != nullptr && member(*inner, name) != nullptr;
}

std::optional<crypto::Digest> Claims::digest_in(const char* object, const char* name) const {
    if (!has_in(object, name) || !object_->at(object).at(name).is_string()) {
        return std::nullopt;
    }
    return parse_digest(object_->at(object).at(name).get_ref<const std::string&>());
}

std::optional<crypto::Digest> parse_digest(std::string_view text) {
    const auto bytes = crypto::from_base64url(text);
    return bytes.has_value() ? crypto::Digest::from_bytes(*bytes) : std::nullopt;
}

}  // namespace gateway::edge::oauth
