// Catch2, whichever of its two generations the machine has: Debian 12 brings v2, Debian 13 brings v3.
#pragma once

#if __has_include(<catch2/catch_all.hpp>)
#include <catch2/catch_all.hpp>
using Catch::Matchers::ContainsSubstring;
#else
#define CATCH_CONFIG_ENABLE_ALL_STRINGMAKERS
#include <catch2/catch.hpp>
// The matcher under its v3 name, so that a test reads the same on both.
inline auto ContainsSubstring(const std::string& text) {
    return Catch::Matchers::Contains(text);
}
#endif

namespace tests {

// A Result of any layer: a value, or an error with words.
template <class T>
concept ResultLike = requires(const T& result) {
    result.has_value();
    result.error().message();
};

}  // namespace tests

// What a failed CHECK says about one. The value may be of a type that cannot be printed, or be a secret.
template <tests::ResultLike T>
struct Catch::StringMaker<T, void> {
    static std::string convert(const T& result) { return result.has_value() ? "a value" : "error: " + result.error().message(); }
};
