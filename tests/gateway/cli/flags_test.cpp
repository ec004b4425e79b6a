#include "gateway/cli/flags.hpp"

#include "tests/catch.hpp"

using gateway::cli::Flags;
using gateway::cli::Refusal;

namespace {

const Flags::Known known{.with_value = {"--item", "--ca"}, .switches = {"--json"}};

Flags parse(const std::vector<std::string_view>& words) {
    return Flags(words, known);
}

}  // namespace

TEST_CASE("flags, switches and the rest find their places in any order", "[cli]") {
    const auto flags = parse({"a.pdf", "--item", "0123", "--json", "b.pdf"});
    CHECK(flags.has("--json"));
    CHECK(flags.value("--item") == "0123");
    CHECK(flags.value("--ca", "none") == "none");
    CHECK(flags.rest() == std::vector<std::string>{"a.pdf", "b.pdf"});
}

TEST_CASE("what a command does not know is a usage error", "[cli]") {
    CHECK_THROWS_AS(parse({"--passphrase", "x"}), Refusal);
    CHECK_THROWS_AS(parse({"--item"}), Refusal);
    CHECK_THROWS_AS(parse({"a.pdf"}).required("--ca"), Refusal);
    try {
        parse({"--what"});
        FAIL("an unknown option was taken");
    } catch (const Refusal& refusal) {
        CHECK(refusal.exit_code() == 2);
    }
}

TEST_CASE("a lone dash is a file name, not an option", "[cli]") {
    CHECK(parse({"-"}).rest() == std::vector<std::string>{"-"});
}
