#include "tests/policies/case_types.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

using nlohmann::json;
using policies::Fault;

namespace {

json medical() {
    return json::parse(tests::read_policy("medical-unfitness"));
}

std::vector<std::string> paths_of_faults(const json& file) {
    const auto parsed = policies::parse_case_type(file.dump());
    std::vector<std::string> paths;
    if (const auto* faults = std::get_if<std::vector<Fault>>(&parsed)) {
        for (const auto& fault : *faults) {
            paths.push_back(fault.path);
        }
    }
    return paths;
}

bool has(const std::vector<std::string>& paths, const std::string& path) {
    return std::find(paths.begin(), paths.end(), path) != paths.end();
}

}  // namespace

TEST_CASE("The case types that ship with Sluis parse, each under its file's name") {
    const char* name = GENERATE("medical-unfitness", "city-renewal", "subsidy-jury", "public-records-request");
    const auto type = tests::case_type(name);
    CHECK(type.id == name);
    CHECK_FALSE(type.documents.empty());
    for (const auto& document : type.documents) {
        CHECK(type.compartment(document.compartment) != nullptr);
    }
}

TEST_CASE("What is sealed for the advising doctor lies in the medical compartment, everything else does not") {
    const auto type = tests::case_type("medical-unfitness");
    for (const auto& document : type.documents) {
        CAPTURE(document.id);
        CHECK((document.compartment == "medical") == !document.sealed_for.empty());
    }
    CHECK(type.document("medical-report")->compartment == "medical");
    CHECK(type.document("signed-consent")->compartment == "general");
}

TEST_CASE("All faults of a case type are found at once, each with its path") {
    auto file = medical();
    file["version"] = 3;
    file["documents"][0].erase("by");
    file["parties"][1]["kind"] = "wizard";
    file["limits"]["maxFileBytes"] = -1;
    const auto paths = paths_of_faults(file);
    CHECK(has(paths, "/version"));
    CHECK(has(paths, "/documents/0/by"));
    CHECK(has(paths, "/parties/1/kind"));
    CHECK(has(paths, "/limits/maxFileBytes"));
}

TEST_CASE("A name that nothing has is a fault wherever it stands") {
    struct Spoiled {
        const char* where;   // JSON pointer of the name
        const char* reported;  // path in the fault
    };
    const auto spoiled = GENERATE(
        Spoiled{"/documents/0/by/0", "/documents/0/by"},
        Spoiled{"/documents/0/compartment", "/documents/0/compartment"},
        Spoiled{"/consents/0/discloser", "/consents/0/discloser"},
        Spoiled{"/consents/0/recipients/0", "/consents/0/recipients"},
        Spoiled{"/consents/0/covers/0", "/consents/0/covers"},
        Spoiled{"/access/0/role", "/access/0/role"},
        Spoiled{"/access/0/documents/0", "/access/0/documents"},
        Spoiled{"/access/0/needs/consents/0", "/access/0/needs/consents"},
        Spoiled{"/requirements/0/of/0", "/requirements/0/of"},
        Spoiled{"/declarations/0/by/0", "/declarations/0/by"}
    );
    auto file = medical();
    file[json::json_pointer(spoiled.where)] = "nobody-knows";
    CAPTURE(spoiled.where);
    CHECK(has(paths_of_faults(file), spoiled.reported));
}

TEST_CASE("A misspelt member is a fault: a rule must not vanish by a typing error") {
    auto file = medical();
    file["documents"][0]["sealdFor"] = file["documents"][0]["sealedFor"];
    CHECK(has(paths_of_faults(file), "/documents/0/sealdFor"));
}

TEST_CASE("One compartment is sealed for the same roles throughout") {
    auto file = medical();
    file["documents"][0].erase("sealedFor");
    CHECK(has(paths_of_faults(file), "/documents/0/sealedFor"));
}

TEST_CASE("Text that is no case type is one fault and no crash") {
    const std::string text = GENERATE(
        std::string(), std::string("{"), std::string("[]"), std::string("null"), std::string(2'000'000, ' '), std::string(100'000, '[')
    );
    CHECK(std::holds_alternative<std::vector<Fault>>(policies::parse_case_type(text)));
}

TEST_CASE("A text comes in the wanted language, else in English, else in Dutch") {
    const policies::Texts all{{"nl", "ja"}, {"en", "yes"}, {"fr", "oui"}};
    CHECK(policies::in_language(all, "fr") == "oui");
    CHECK(policies::in_language(all, "de") == "yes");
    CHECK(policies::in_language({{"nl", "ja"}}, "de") == "ja");
}
