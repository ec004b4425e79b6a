// Every seed through its target, and every age vector through all of them: what a fuzzer once found stays found.
#include "tests/crypto/vectors.hpp"
#include "tests/fuzz/targets.hpp"

TEST_CASE("the fuzz targets take their seeds") {
    for (const tests::fuzz::Target& target : tests::fuzz::all) {
        const auto seeds = tests::files_below(std::filesystem::path(SLUIS_SOURCE_DIR) / "tests" / "fuzz" / "seeds" / target.name);
        INFO(target.name);
        CHECK(seeds.size() >= 3);
        for (const auto& seed : seeds) {
            INFO(seed);
            target.run(crypto::as_bytes(tests::read_text(seed)));
        }
    }
}

TEST_CASE("the fuzz targets take whatever the others eat") {
    for (const auto& path : tests::files_below(tests::vectors(""))) {
        const std::string text = tests::read_text(path);
        for (const tests::fuzz::Target& target : tests::fuzz::all) {
            INFO(target.name << ' ' << path);
            target.run(crypto::as_bytes(text));
        }
    }
}
