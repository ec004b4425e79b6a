// What the console's acts share: the fields of a JSON body, and the end of an act as an answer. For the acts of console/ only.
#pragma once

#include "gateway/core/console/call.hpp"

#include <nlohmann/json.hpp>

namespace gateway::core::console {

constexpr int body_depth_max = 8;

// One JSON object from a member of staff. Every accessor notes the first fault and goes on; nothing is used before fault() is asked.
class Fields {
public:
    using json = nlohmann::json;

    explicit Fields(const std::string& body) {
        const auto shallow = [](int depth, json::parse_event_t, json&) { return depth <= body_depth_max; };
        root_ = json::parse(body, shallow, false);
        if (!root_.is_object()) {
            fault_ = "the body must be a JSON object";
            root_ = json::object();
        }
    }

    explicit Fields(json object) : root_(std::move(object)) {
        if (!root_.is_object()) {
            fault_ = "must be an object";
            root_ = json::object();
        }
    }

    std::string text(const char* name) {
        const json& value = member(name);
        if (!value.is_string()) {
            note(name, "must be a text");
            return {};
        }
        return value.get<std::string>();
    }

    std::string optional_text(const char* name) { return member(name).is_null() ? std::string() : text(name); }

    bool flag(const char* name) {
        const json& value = member(name);
        if (!value.is_boolean()) {
            note(name, "must be true or false");
            return false;
        }
        return value.get<bool>();
    }

    // A whole number that is not negative.
    std::uint64_t count(const char* name) {
        const json& value = member(name);
        if (!value.is_number_unsigned()) {
            note(name, "must be a whole number");
            return 0;
        }
        return value.get<std::uint64_t>();
    }

    std::vector<std::string> texts(const char* name) {
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

    policies::Instant instant(const char* name) {
        const auto parsed = policies::Instant::parse(text(name));
        if (!parsed) {
            note(name, "must be a time in UTC: 2026-11-24T18:39:09Z");
        }
        return parsed.value_or(policies::Instant{});
    }

    policies::PartyId party(const char* name) {
        const auto parsed = policies::PartyId::parse(text(name));
        if (!parsed) {
            note(name, "must be an id");
        }
        return parsed.value_or(policies::PartyId::from_random({}));
    }

    const json& member(const char* name) const {
        static const json nothing;
        const auto found = root_.find(name);
        return found == root_.end() ? nothing : *found;
    }

    void note(const char* name, const char* what) {
        if (fault_.empty()) {
            fault_ = std::string(name) + ": " + what;
        }
    }

    const std::string& fault() const noexcept { return fault_; }

private:
    json root_;
    std::string fault_;
};

inline http::Response made(const std::string& body) {
    return http::json(201, body);
}

// The end of every act: an answer for what was done, or for why not.
template <class T, class Answer>
http::Response finish(const Tools& tools, const Call& call, const Deed<T>& deed, const Answer& answer) {
    if (deed.has_error()) {
        return answer_error(deed.error(), call);
    }
    if (const auto* refusal = std::get_if<Refusal>(&*deed)) {
        return answer_refusal(*refusal, call);
    }
    tools.changed();
    return answer(std::get<T>(*deed));
}

}  // namespace gateway::core::console
