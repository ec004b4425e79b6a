// What jws.cpp and jwk.cpp read alike: names of algorithms, and JSON objects that mean one thing. For those two alone; pure.
#pragma once

#include "crypto/jws.hpp"

#include <nlohmann/json_fwd.hpp>

namespace crypto::jws {

// What "alg" says of each, and the key's type and curve that go with it.
struct Names {
    std::string_view algorithm;
    std::string_view key_type;
    std::string_view curve;  // empty: the type has none
};

Names names_of(Algorithm algorithm);

// A JSON object in which no name stands twice: readers that keep the first and readers that keep the last must not disagree. Gives
// false, and `object` is of no use, for everything else.
bool parse_object(std::string_view text, nlohmann::json& object);

// The text behind `name`: empty when it is not there, nothing when it is something else.
std::optional<std::string> text_of(const nlohmann::json& object, const char* name);

}  // namespace crypto::jws
