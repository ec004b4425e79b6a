#include "gateway/core/console/fields.hpp"

#include <nlohmann/json.hpp>

namespace gateway::core::console {

using json = nlohmann::json;

namespace {

constexpr int depth_max = 8;

}  // namespace

Fields::Fields(const std::string& body) {
    const auto shallow = [](int depth, json::parse_event_t, json&) { return depth <= depth_max; };
    root_ = std::make_unique<json>(json::parse(body, shallow, false));
    if (!root_->is_object()) {
        fault_ = "the body must be a JSON object";
        *root_ = json::object();
    }
}

Fields::Fields(const json& object) : root_(std::make_unique<json>(object)) {
    if (!root_->is_object()) {
        fault_ = "must be an object";
        *root_ = json::object();
    }
}

Fields::~Fields() = default;

std::string Fields::text(const char* name) {
    const json& value = member(name);
    if (!value.is_string()) {
        note(name, "must be a text");
        return {};
    }
    return value.get<std::string>();
}

std::string Fields::optional_text(const char* name) {
    return member(name).is_null() ? std::string() : text(name);
}

bool Fields::flag(const char* name) {
    const json& value = member(name);
    if (!value.is_boolean()) {
        note(name, "must be true or false");
        return false;
    }
    return value.get<bool>();
}

std::uint64_t Fields::count(const char* name) {
    const json& value = member(name);
    if (!value.is_number_unsigned()) {
        note(name, "must be a whole number");
        return 0;
    }
    return value.get<std::uint64_t>();
}

std::vector<std::string> Fields::texts(const char* name) {
    std::vector<std::string> all;
    const json& list = member(name);
    if (!list.is_array()) {
        note(name, "must be a list");
        return all;
    }
    for (const auto& element : list) {
        if (!element.is_string()) {
            note(name, "must be a list of texts");
            return {};
        }
        all.push_back(element.get<std::string>());
    }
    return all;
}

policies::Instant Fields::instant(const char* name) {
    const auto parsed = policies::Instant::parse(text(name));
    if (!parsed) {
        note(name, "must be a time in UTC: 2026-11-24T18:39:09Z");
    }
    return parsed.value_or(policies::Instant{});
}

policies::PartyId Fields::party(const char* name) {
    const auto parsed = policies::PartyId::parse(text(name));
    if (!parsed) {
        note(name, "must be an id");
    }
    return parsed.value_or(policies::PartyId::from_random({}));
}

policies::RequestId Fields::request(const char* name) {
    const auto parsed = policies::RequestId::parse(text(name));
    if (!parsed) {
        note(name, "must be an id");
    }
    return parsed.value_or(policies::RequestId::from_random({}));
}

const json& Fields::member(const char* name) const {
    static const json nothing;
    const auto found = root_->find(name);
    return found == root_->end() ? nothing : *found;
}

void Fields::note(const char* name, const char* what) {
    if (fault_.empty()) {
        fault_ = std::string(name) + ": " + what;
    }
}

}  // namespace gateway::core::console
