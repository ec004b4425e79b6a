#include "gateway/cli/age_options.hpp"

#include "gateway/cli/refusal.hpp"

#include <algorithm>
#include <array>

namespace gateway::cli {

namespace {

struct Flag {
    std::string_view name;
    std::string_view long_name;
    std::vector<std::string> AgeOptions::* list = nullptr;
    std::string AgeOptions::* text = nullptr;
    bool AgeOptions::* on = nullptr;

    bool takes_value() const { return list != nullptr || text != nullptr; }
};

const std::array<Flag, 10> flags{{
    {.name = "-r", .long_name = "--recipient", .list = &AgeOptions::recipients},
    {.name = "-R", .long_name = "--recipients-file", .list = &AgeOptions::recipients_files},
    {.name = "-i", .long_name = "--identity", .list = &AgeOptions::identities},
    {.name = "-o", .long_name = "--output", .text = &AgeOptions::output},
    {.name = "--passphrase-file", .long_name = "--passphrase-file", .text = &AgeOptions::passphrase_file},
    {.name = "-p", .long_name = "--passphrase", .on = &AgeOptions::passphrase},
    {.name = "-a", .long_name = "--armor", .on = &AgeOptions::armor},
    {.name = "--json", .long_name = "--json", .on = &AgeOptions::json},
    {.name = "-y", .long_name = "-y", .on = &AgeOptions::convert},
    {.name = "--pq", .long_name = "--pq", .on = &AgeOptions::post_quantum},
}};

const Flag& find_flag(std::string_view word, const std::vector<std::string_view>& allowed) {
    for (const Flag& flag : flags) {
        if ((word == flag.name || word == flag.long_name) && std::ranges::find(allowed, flag.name) != allowed.end()) {
            return flag;
        }
    }
    throw wrong_usage("unknown option " + std::string(word));
}

}  // namespace

AgeOptions parse_age_options(std::span<const std::string_view> arguments, const std::vector<std::string_view>& allowed) {
    AgeOptions options;
    bool only_files = false;  // after "--"
    bool has_input = false;
    for (std::size_t at = 0; at < arguments.size(); ++at) {
        const std::string_view word = arguments[at];
        if (word == "--" && !only_files) {
            only_files = true;
        } else if (!only_files && word.size() > 1 && word.front() == '-') {
            const Flag& flag = find_flag(word, allowed);
            if (flag.takes_value() && ++at == arguments.size()) {
                throw wrong_usage(std::string(word) + " needs a value");
            }
            if (flag.list != nullptr) {
                (options.*flag.list).emplace_back(arguments[at]);
            } else if (flag.text != nullptr) {
                options.*flag.text = arguments[at];
            } else {
                options.*flag.on = true;
            }
        } else if (has_input) {
            throw wrong_usage("one file at a time: '" + std::string(word) + "' is one too many");
        } else {
            options.input = word;
            has_input = true;
        }
    }
    return options;
}

}  // namespace gateway::cli
