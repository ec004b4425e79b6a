// Reading one JSON document that nobody vouches for: every accessor notes what is wrong, with its JSON pointer, and goes on with an
// empty value, so that all faults are found in one pass. One document, one thread. For case_type_reader.cpp only.
#pragma once

#include "policies/case_type.hpp"

#include <nlohmann/json_fwd.hpp>

#include <functional>
#include <initializer_list>

namespace policies {

class CaseTypeJson {
public:
    using json = nlohmann::json;

    void fault(std::string path, std::string what) { faults_.push_back(Fault(std::move(path), std::move(what))); }
    std::vector<Fault>& faults() noexcept { return faults_; }

    // Members that are not in the list are faults: a typing error in a rule must not switch the rule off.
    bool object(const json& value, const std::string& path, std::initializer_list<std::string_view> members);

    const json& member(const json& object, std::string_view name) const;  // null when it is not there
    std::string text(const json& object, const std::string& path, std::string_view name, std::size_t bytes_max = 2000);
    std::string optional_text(const json& object, const std::string& path, std::string_view name);
    std::string id(const json& object, const std::string& path, std::string_view name);
    std::string choice(const json& object, const std::string& path, std::string_view name, std::initializer_list<std::string_view> allowed);
    std::uint64_t count(const json& object, const std::string& path, std::string_view name, std::uint64_t min, std::uint64_t max);
    bool flag(const json& object, const std::string& path, std::string_view name);
    Texts texts(const json& object, const std::string& path, std::string_view name, bool required = true);
    std::vector<std::string> list(const json& object, const std::string& path, std::string_view name, std::size_t count_min);
    void each(
        const json& object,
        const std::string& path,
        std::string_view name,
        std::size_t count_min,
        const std::function<void(const json&, const std::string&)>& read
    );

private:
    std::vector<Fault> faults_;
};

}  // namespace policies
