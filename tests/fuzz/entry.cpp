// libFuzzer's way in: one executable a target, which SLUIS_FUZZ_TARGET names.
#include "tests/fuzz/targets.hpp"

#include "crypto/secret.hpp"

extern "C" int LLVMFuzzerInitialize(int*, char***) {
    crypto::start_secret_memory();
    return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    tests::fuzz::SLUIS_FUZZ_TARGET({data, size});
    return 0;
}
