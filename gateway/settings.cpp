#include "gateway/settings.hpp"

#include "gateway/limits.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <fstream>
#include <set>

#include <unistd.h>

namespace gateway {

using nlohmann::json;

struct Settings::State {
    std::filesystem::path folder;
    json root = json::object();
    bool loaded = false;
    std::set<std::string, std::less<>> asked;
    std::vector<std::string> faults;

    void note(std::string_view path, std::string_view what) { faults.push_back(std::string(path) + ": " + std::string(what)); }

    // The member, or nothing. A parent that is no object counts as missing: its own fault is noted by unknown().
    const json* find(std::string_view path) {
        asked.emplace(path);
        const json* place = &root;
        for (std::size_t start = 0; start <= path.size();) {
            const auto dot = std::min(path.find('.', start), path.size());
            place = below(*place, std::string(path.substr(start, dot - start)));
            if (place == nullptr) {
                return nullptr;
            }
            start = dot + 1;
        }
        return place;
    }

    // An object's member by name, a list's element by number.
    static const json* below(const json& place, const std::string& name) {
        if (place.is_array()) {
            const bool is_number = !name.empty() && name.size() < 6 && name.find_first_not_of("0123456789") == std::string::npos;
            return is_number && std::stoul(name) < place.size() ? &place.at(std::stoul(name)) : nullptr;
        }
        const auto member = place.is_object() ? place.find(name) : place.end();
        return place.is_object() && member != place.end() ? &*member : nullptr;
    }

    const json* required(std::string_view path) {
        const auto* value = find(path);
        if (value == nullptr && loaded) {
            note(path, "is missing");
        }
        return value;
    }

    bool below_asked(const std::string& path) const {
        return std::any_of(asked.begin(), asked.end(), [&](const std::string& one) { return one.starts_with(path + "."); });
    }

    void unknown(const json& object, const std::string& prefix, std::vector<std::string>& found) const {
        for (const auto& [name, value] : object.items()) {
            const auto path = prefix + name;
            if (asked.contains(path)) {
                for (std::size_t at = 0; value.is_array() && at < value.size() && value.at(at).is_object(); ++at) {
                    unknown(value.at(at), path + "." + std::to_string(at) + ".", found);
                }
                continue;
            }
            if (!below_asked(path)) {
                found.push_back(path + ": is not a setting");
            } else if (!value.is_object()) {
                found.push_back(path + ": must be an object");
            } else {
                unknown(value, path + ".", found);
            }
        }
    }
};

namespace {

// nlohmann keeps the last of two members of one name without a word; an operator should hear of it.
class DuplicateWatch {
public:
    bool operator()(int, json::parse_event_t event, json& parsed) {
        if (event == json::parse_event_t::object_start) {
            open_.emplace_back();
        } else if (event == json::parse_event_t::object_end) {
            open_.pop_back();
        } else if (event == json::parse_event_t::key && !open_.back().insert(parsed.get<std::string>()).second) {
            twice_.push_back(parsed.get<std::string>());
        }
        return true;
    }

    const std::vector<std::string>& twice() const noexcept { return twice_; }

private:
    std::vector<std::set<std::string>> open_;
    std::vector<std::string> twice_;
};

}  // namespace

Settings::Settings(std::unique_ptr<State> state) : state_(std::move(state)) {}
Settings::~Settings() = default;
Settings::Settings(Settings&&) noexcept = default;
Settings& Settings::operator=(Settings&&) noexcept = default;

Settings Settings::load(const std::filesystem::path& file) {
    auto state = std::make_unique<State>();
    state->folder = std::filesystem::absolute(file).parent_path();
    std::ifstream stream(file, std::ios::binary);
    std::string content(limits::settings_bytes + 1, '\0');
    stream.read(content.data(), static_cast<std::streamsize>(content.size()));
    content.resize(static_cast<std::size_t>(std::max<std::streamsize>(stream.gcount(), 0)));
    if (stream.bad() || (content.empty() && !stream.eof())) {
        state->note(file.string(), "cannot be read");
        return Settings(std::move(state));
    }
    if (content.size() > limits::settings_bytes) {
        state->note(file.string(), "is larger than 1 MiB");
        return Settings(std::move(state));
    }
    try {
        DuplicateWatch watch;
        auto root = json::parse(content, std::ref(watch));
        for (const auto& name : watch.twice()) {
            state->note(name, "is there twice");
        }
        if (!root.is_object()) {
            state->note(file.string(), "must be a JSON object");
            return Settings(std::move(state));
        }
        state->root = std::move(root);
        state->loaded = true;
    } catch (const json::parse_error& error) {
        state->note(file.string(), "is no JSON, byte " + std::to_string(error.byte));
    }
    return Settings(std::move(state));
}

std::string Settings::text(std::string_view path) {
    const auto* value = state_->required(path);
    if (value == nullptr) {
        return {};
    }
    if (!value->is_string() || value->get_ref<const std::string&>().empty()) {
        state_->note(path, "must be a text that is not empty");
        return {};
    }
    return value->get<std::string>();
}

std::string Settings::optional_text(std::string_view path, std::string_view otherwise) {
    return has(path) ? text(path) : std::string(otherwise);
}

std::vector<std::string> Settings::texts(std::string_view path) {
    const auto* value = state_->required(path);
    if (value == nullptr) {
        return {};
    }
    const auto good = [](const json& one) { return one.is_string() && !one.get_ref<const std::string&>().empty(); };
    if (!value->is_array() || value->empty() || !std::all_of(value->begin(), value->end(), good)) {
        state_->note(path, "must be a list of texts, at least one");
        return {};
    }
    return value->get<std::vector<std::string>>();
}

std::uint16_t Settings::port(std::string_view path) {
    const auto* value = state_->required(path);
    if (value == nullptr) {
        return 0;
    }
    if (!value->is_number_unsigned() || value->get<std::uint64_t>() > 65535) {
        state_->note(path, "must be a number from 0 to 65535");
        return 0;
    }
    return value->get<std::uint16_t>();
}

std::int64_t Settings::integer(std::string_view path, std::int64_t otherwise, std::int64_t min, std::int64_t max) {
    const auto* value = state_->find(path);
    if (value == nullptr) {
        return otherwise;
    }
    const bool beyond = value->is_number_unsigned() && value->get<std::uint64_t>() > static_cast<std::uint64_t>(INT64_MAX);
    if (!value->is_number_integer() || beyond || value->get<std::int64_t>() < min || value->get<std::int64_t>() > max) {
        state_->note(path, "must be a number from " + std::to_string(min) + " to " + std::to_string(max));
        return otherwise;
    }
    return value->get<std::int64_t>();
}

bool Settings::flag(std::string_view path, bool otherwise) {
    const auto* value = state_->find(path);
    if (value == nullptr) {
        return otherwise;
    }
    if (!value->is_boolean()) {
        state_->note(path, "must be true or false");
        return otherwise;
    }
    return value->get<bool>();
}

std::filesystem::path Settings::place(std::string_view path) {
    const auto name = text(path);
    return name.empty() ? std::filesystem::path() : (state_->folder / name).lexically_normal();
}

std::filesystem::path Settings::file(std::string_view path) {
    const auto found = place(path);
    if (found.empty()) {
        return {};
    }
    std::error_code error;
    if (!std::filesystem::is_regular_file(found, error)) {
        state_->note(path, "there is no file " + found.string());
        return {};
    }
    if (::access(found.c_str(), R_OK) != 0) {
        state_->note(path, "cannot be read: " + found.string());
        return {};
    }
    return found;
}

std::filesystem::path Settings::optional_file(std::string_view path) {
    return has(path) ? file(path) : std::filesystem::path();
}

std::size_t Settings::objects(std::string_view path) {
    const auto* value = state_->find(path);
    if (value == nullptr) {
        return 0;
    }
    const auto is_object = [](const json& one) { return one.is_object(); };
    if (!value->is_array() || !std::all_of(value->begin(), value->end(), is_object)) {
        state_->note(path, "must be a list of objects");
        return 0;
    }
    return value->size();
}

bool Settings::has(std::string_view path) {
    return state_->find(path) != nullptr;
}

void Settings::fault(std::string_view path, std::string_view what) {
    state_->note(path, what);
}

std::vector<std::string> Settings::faults() const {
    auto all = state_->faults;
    state_->unknown(state_->root, {}, all);
    return all;
}

}  // namespace gateway
