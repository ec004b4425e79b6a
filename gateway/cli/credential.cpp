#include "gateway/cli/credential.hpp"

#include "crypto/encoding.hpp"
#include "gateway/cli/flags.hpp"
#include "gateway/cli/grant_client.hpp"

#include <nlohmann/json.hpp>

#include <iostream>

namespace gateway::cli {
namespace {

constexpr const char* usage = "usage: sluis credential show FILE|LINK [--ca PEM] [--json]\n"
                              "       sluis credential outcome FILE|LINK --upload ID [--ca PEM]\n"
                              "\n"
                              "show     the access token, recipient and items of a grant: what a curl or tus client needs\n"
                              "outcome  what became of an upload, opened with the link's own key\n";

void show(GrantClient& grant, bool as_json) {
    const Posting posting = grant.posting();
    nlohmann::json items = nlohmann::json::array();
    for (const auto& item : posting.items) {
        items.push_back({{"code", item.code}, {"title", item.title}});
    }
    if (as_json) {
        const nlohmann::json shown = {
            {"edge", grant.credential().edge},
            {"grant", grant.credential().fragment.grant},
            {"accessToken", grant.access_token()},
            {"manifestKey", crypto::to_hex(grant.keys().manifest.expose())},
            {"recipients", {posting.recipient}},
            {"items", items},
            {"state", posting.state},
            {"logs", {{"edge", posting.edge_log}, {"core", posting.core_log}}},
        };
        std::cout << shown.dump() << std::endl;
        return;
    }
    std::cout << "edge          " << grant.credential().edge << "\ngrant         " << grant.credential().fragment.grant
              << "\ncase number   " << posting.case_number << "\nstate         " << posting.state << "\naccess token  "
              << grant.access_token() << "\nrecipient     " << posting.recipient << "\n";
    for (const auto& item : posting.items) {
        std::cout << "item          " << item.code << "  " << item.title << "\n";
    }
    std::cout << std::flush;
}

}  // namespace

int run_credential(std::span<const std::string_view> arguments) {
    const Flags flags(arguments, {.with_value = {"--ca", "--upload"}, .switches = {"--json", "--help"}});
    if (flags.has("--help")) {
        std::cout << usage;
        return 0;
    }
    if (flags.rest().size() != 2) {
        throw wrong_usage("say show or outcome, and a credential file or a link");
    }
    GrantClient grant(read_credential(flags.rest()[1], flags.value("--ca")));
    if (flags.rest()[0] == "show") {
        show(grant, flags.has("--json"));
        return 0;
    }
    if (flags.rest()[0] != "outcome") {
        throw wrong_usage("say show or outcome, not " + flags.rest()[0]);
    }
    const auto outcome = grant.outcome(flags.required("--upload"));
    if (!outcome) {
        throw Refusal("there is no outcome yet");
    }
    std::cout << *outcome << std::endl;
    return 0;
}

}  // namespace gateway::cli
