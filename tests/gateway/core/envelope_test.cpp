#include "gateway/core/envelope.hpp"

#include "crypto/age/stream.hpp"
#include "tests/catch.hpp"

#include <nlohmann/json.hpp>

using namespace gateway::core;

namespace {

nlohmann::json outcome(policies::DocumentState state, std::string code, std::string receipt = {}) {
    const OutcomeFacts facts{
        *policies::UploadId::parse(std::string(32, 'a')),
        state,
        std::move(code),
        *policies::Instant::parse("2026-11-24T10:00:00Z"),
        std::move(receipt),
        {"WyJhIl0"}
    };
    return nlohmann::json::parse(format_outcome(facts));
}

}  // namespace

TEST_CASE("a filed outcome has a receipt and no reason") {
    const auto json = outcome(policies::DocumentState::filed, "", "the receipt");
    CHECK(json.at("v") == 1);
    CHECK(json.at("state") == "filed");
    CHECK(json.at("code") == "filed");
    CHECK(json.at("reason").is_null());
    CHECK(json.at("receipt") == "the receipt");
    CHECK(json.at("at") == "2026-11-24T10:00:00.000000Z");
    CHECK(json.at("disclosures").size() == 1);
}

TEST_CASE("every other outcome has a reason in four languages") {
    for (const auto* code : {"consent-withdrawn", "damaged", "wrong-request", "wrong-type", "refused", "a code nobody wrote a text for"}) {
        const auto json = outcome(policies::DocumentState::redo, code);
        CHECK(json.at("state") == "redo");
        CHECK(json.at("code") == code);
        CHECK(json.at("receipt").is_null());
        CHECK(json.at("reason").size() == 4);
    }
}

TEST_CASE("an uploader is told refused where the inside says quarantined") {
    CHECK(outcome(policies::DocumentState::quarantined, "malware").at("state") == "refused");
    CHECK(outcome(policies::DocumentState::withdrawn, "consent-withdrawn").at("state") == "withdrawn");
}

TEST_CASE("the edge's limit leaves room for what encryption adds") {
    for (const std::uint64_t plain : {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{65'536}, std::uint64_t{5'000'000'000}}) {
        CHECK(cipher_bytes_max(plain) >= crypto::age::payload_size(plain) + 200);
        CHECK(cipher_bytes_max(plain) <= crypto::age::payload_size(plain) + 8'192);
    }
}
