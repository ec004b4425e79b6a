// The case types that ship with Sluis, parsed, for tests of the rules on them.
#pragma once

#include "policies/case_type.hpp"
#include "tests/catch.hpp"

#include <fstream>
#include <iterator>

namespace tests {

inline std::string read_policy(const std::string& id) {
    std::ifstream in(std::string(SLUIS_SOURCE_DIR) + "/policies/" + id + ".json");
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

inline policies::CaseType case_type(const std::string& id) {
    auto parsed = policies::parse_case_type(read_policy(id));
    if (const auto* faults = std::get_if<std::vector<policies::Fault>>(&parsed)) {
        FAIL(id << faults->front().path << ": " << faults->front().what);
    }
    return std::get<policies::CaseType>(std::move(parsed));
}

inline policies::Instant at(const char* text) {
    return policies::Instant::parse(text).value();  // throws: also used before a test runs
}

template <class Id>
Id id(std::uint8_t number) {
    std::array<std::uint8_t, 16> bytes{};
    bytes[15] = number;
    return Id::from_random(bytes);
}

}  // namespace tests
