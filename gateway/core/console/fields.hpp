// What the console's acts share: the fields of a JSON body, and the end of an act as an answer. For the acts of console/ only.
// Every accessor notes the first fault and goes on; nothing is used before fault() is asked.
#pragma once

#include "gateway/core/console/call.hpp"

#include <nlohmann/json_fwd.hpp>

#include <memory>

namespace gateway::core::console {

// One JSON object from a member of staff.
class Fields final {
public:
    explicit Fields(const std::string& body);
    explicit Fields(const nlohmann::json& object);
    ~Fields();
    Fields(const Fields&) = delete;
    Fields& operator=(const Fields&) = delete;

    std::string text(const char* name);
    std::string optional_text(const char* name);  // "" also for null and for one that is not there
    bool flag(const char* name);
    std::uint64_t count(const char* name);  // a whole number that is not negative
    std::vector<std::string> texts(const char* name);
    policies::Instant instant(const char* name);
    policies::PartyId party(const char* name);
    policies::RequestId request(const char* name);

    const nlohmann::json& member(const char* name) const;  // null when it is not there
    void note(const char* name, const char* what);
    const std::string& fault() const noexcept { return fault_; }

private:
    std::unique_ptr<nlohmann::json> root_;  // an object, always
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
