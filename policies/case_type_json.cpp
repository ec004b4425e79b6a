#include "policies/case_type_json.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace policies {

namespace {

constexpr std::size_t list_max = 1000;

std::string at(const std::string& path, std::string_view name) {
    return path + "/" + std::string(name);
}

bool is_id(std::string_view text) {
    const auto lower = [](char letter) { return letter >= 'a' && letter <= 'z'; };
    const auto inside = [&](char letter) { return lower(letter) || (letter >= '0' && letter <= '9') || letter == '-'; };
    return text.size() >= 2 && text.size() <= 48 && lower(text.front()) && std::all_of(text.begin(), text.end(), inside);
}

}  // namespace

bool CaseTypeJson::object(const json& value, const std::string& path, std::initializer_list<std::string_view> members) {
    if (!value.is_object()) {
        fault(path, "must be an object");
        return false;
    }
    for (const auto& [name, content] : value.items()) {
        if (std::find(members.begin(), members.end(), name) == members.end()) {
            fault(at(path, name), "is not a member a case type has");
        }
    }
    return true;
}

const CaseTypeJson::json& CaseTypeJson::member(const json& object, std::string_view name) const {
    static const json nothing;
    if (!object.is_object()) {
        return nothing;
    }
    const auto found = object.find(std::string(name));
    return found == object.end() ? nothing : *found;
}

std::string CaseTypeJson::text(const json& object, const std::string& path, std::string_view name, std::size_t bytes_max) {
    const json& value = member(object, name);
    if (!value.is_string() || value.get_ref<const std::string&>().empty()) {
        fault(at(path, name), "must be a text");
        return {};
    }
    if (value.get_ref<const std::string&>().size() > bytes_max) {
        fault(at(path, name), "is too long");
        return {};
    }
    return value.get<std::string>();
}

std::string CaseTypeJson::optional_text(const json& object, const std::string& path, std::string_view name) {
    return member(object, name).is_null() ? std::string() : text(object, path, name);
}

std::string CaseTypeJson::id(const json& object, const std::string& path, std::string_view name) {
    std::string value = text(object, path, name);
    if (!value.empty() && !is_id(value)) {
        fault(at(path, name), "must be 2 to 48 lower-case letters, digits and dashes, a letter first");
    }
    return value;
}

std::string
CaseTypeJson::choice(const json& object, const std::string& path, std::string_view name, std::initializer_list<std::string_view> allowed) {
    std::string value = text(object, path, name);
    if (!value.empty() && std::find(allowed.begin(), allowed.end(), value) == allowed.end()) {
        fault(at(path, name), "is not one of the values it may have");
    }
    return value;
}

std::uint64_t
CaseTypeJson::count(const json& object, const std::string& path, std::string_view name, std::uint64_t min, std::uint64_t max) {
    const json& value = member(object, name);
    if (!value.is_number_unsigned() || value.get<std::uint64_t>() < min || value.get<std::uint64_t>() > max) {
        fault(at(path, name), "must be a number from " + std::to_string(min) + " to " + std::to_string(max));
        return min;
    }
    return value.get<std::uint64_t>();
}

bool CaseTypeJson::flag(const json& object, const std::string& path, std::string_view name) {
    const json& value = member(object, name);
    if (!value.is_null() && !value.is_boolean()) {
        fault(at(path, name), "must be true or false");
    }
    return value.is_boolean() && value.get<bool>();
}

Texts CaseTypeJson::texts(const json& object, const std::string& path, std::string_view name, bool required) {
    const json& value = member(object, name);
    Texts found;
    if (value.is_null() && !required) {
        return found;
    }
    if (!this->object(value, at(path, name), {"nl", "fr", "de", "en"})) {
        return found;
    }
    for (const auto& [language, content] : value.items()) {
        found.emplace(language, text(value, at(path, name), language));
    }
    if (!found.contains("nl")) {
        fault(at(path, name), "must have a Dutch text");
    }
    return found;
}

std::vector<std::string> CaseTypeJson::list(const json& object, const std::string& path, std::string_view name, std::size_t count_min) {
    std::vector<std::string> values;
    each(object, path, name, count_min, [&](const json& value, const std::string& place) {
        if (!value.is_string() || value.get_ref<const std::string&>().empty()) {
            fault(place, "must be a text");
        } else if (std::find(values.begin(), values.end(), value.get_ref<const std::string&>()) != values.end()) {
            fault(place, "is there twice");
        } else {
            values.push_back(value.get<std::string>());
        }
    });
    return values;
}

void CaseTypeJson::each(
    const json& object,
    const std::string& path,
    std::string_view name,
    std::size_t count_min,
    const std::function<void(const json&, const std::string&)>& read
) {
    const json& value = member(object, name);
    if (value.is_null() && count_min == 0) {
        return;
    }
    if (!value.is_array() || value.size() < count_min || value.size() > list_max) {
        fault(at(path, name), "must be a list of " + std::to_string(count_min) + " to " + std::to_string(list_max));
        return;
    }
    std::size_t position = 0;
    for (const auto& element : value) {
        read(element, at(at(path, name), std::to_string(position)));
        ++position;
    }
}

}  // namespace policies
