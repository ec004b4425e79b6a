// The small things of the age library, in microseconds: `make bench` prints them.
#include "crypto/open/open.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>

using namespace crypto;

namespace {

template <class Work>
double median_microseconds(Work work) {
    std::vector<double> taken;
    for (int round = 0; round < 201; ++round) {
        const auto began = std::chrono::steady_clock::now();
        work();
        taken.push_back(std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - began).count());
    }
    std::ranges::nth_element(taken, taken.begin() + 100);
    return taken[100];
}

age::Header parsed(std::string_view text) {
    age::HeaderParser parser;
    return parser.feed(as_bytes(text)) ? parser.take() : age::Header{};
}

}  // namespace

int main() {
    start_secret_memory();
    SystemRandom random;
    const auto mine = open::X25519Identity::generate(random);
    const auto other = open::X25519Identity::generate(random);
    const open::Identity* const by[] = {&mine};
    const age::Recipient* const to_me[] = {&mine.recipient()};
    const age::Recipient* const to_both[] = {&mine.recipient(), &other.recipient()};
    const auto header = parsed(age::seal_header(random.secret<16>(), to_me, random).value());

    // A document's header is a blob of its own: its payload, of whatever size, is not looked at.
    const double rewrapped = median_microseconds([&] { static_cast<void>(open::rewrap(header, by, to_both, random).value()); });
    std::printf("  a header re-wrapped for two: %.0f us, whatever the size of the document\n", rewrapped);

    const std::string hostile = "age-encryption.org/v1\n-> a " + std::string(195'000'000, 'x');
    std::size_t used = 0;
    const double refused = median_microseconds([&] {
        age::HeaderParser parser;
        used = 0;
        constexpr std::size_t piece = 16 * 1024;
        while (parser.feed(as_bytes(std::string_view(hostile).substr(used, piece)))) {
            used += piece;
        }
        used += piece;
    });
    std::printf("  a header of 195 MB is refused by the parser in %.0f us, after %zu KiB\n", refused, used / 1024);
}
