#include "crypto/errors.hpp"
#include "crypto/open/range.hpp"
#include "tests/crypto/vectors.hpp"

using namespace crypto;

namespace {

struct Sealed {
    age::FileKey file_key;
    Bytes plain;
    Bytes payload;
};

Sealed sealed(std::size_t size, tests::SeededRandom& random) {
    Sealed made{random.secret<16>(), random.some(size), random.some(age::payload_nonce)};
    age::ChunkSealer sealer(made.file_key, std::span<const std::uint8_t, age::payload_nonce>(made.payload.data(), age::payload_nonce));
    ByteView rest = made.plain;
    Bytes out(age::chunk_sealed);
    for (std::uint64_t index = 0;; ++index) {
        const std::size_t taken = std::min(rest.size(), age::chunk_plain);
        const bool last = taken == rest.size();
        sealer.seal(index, last ? age::ChunkSealer::Position::last : age::ChunkSealer::Position::inner, rest.first(taken), out.data());
        made.payload.insert(made.payload.end(), out.begin(), out.begin() + static_cast<std::ptrdiff_t>(taken + 16));
        rest = rest.subspan(taken);
        if (last) {
            return made;
        }
    }
}

open::RangeReader::ReadAt from(const Bytes& payload) {
    return [&payload](std::uint64_t offset, std::span<std::uint8_t> out) -> Result<void> {
        REQUIRE(offset + out.size() <= payload.size());
        std::copy_n(payload.begin() + static_cast<std::ptrdiff_t>(offset), out.size(), out.begin());
        return {};
    };
}

constexpr std::size_t sizes[] = {0, 1, 65535, 65536, 65537, 131072, 400000};

}  // namespace

TEST_CASE("any range of a payload is what the content has there") {
    const auto seed = tests::SeededRandom::fresh_seed();
    INFO("seed " << seed);
    tests::SeededRandom random(seed);
    for (const std::size_t size : sizes) {
        INFO(size);
        const Sealed made = sealed(size, random);
        auto reader = open::RangeReader::start(made.file_key, made.payload.size(), from(made.payload));
        REQUIRE(reader);
        CHECK(reader->size() == size);
        for (int round = 0; round < 200; ++round) {
            const std::size_t offset = random.below(size + 10);
            Bytes out(random.below(200000));
            const auto filled = reader->read_at(offset, out);
            REQUIRE(filled);
            const std::size_t there = offset < size ? std::min(size - offset, out.size()) : 0;
            REQUIRE(*filled == there);
            CHECK(std::equal(
                out.begin(),
                out.begin() + static_cast<std::ptrdiff_t>(there),
                made.plain.begin() + static_cast<std::ptrdiff_t>(std::min(offset, size))
            ));
        }
    }
}

TEST_CASE("a payload that was cut, lengthened or put together anew is refused before a byte is read") {
    tests::SeededRandom random(1);
    for (const std::size_t size : sizes) {
        INFO(size);
        Sealed made = sealed(size, random);
        const auto start = [&] { return open::RangeReader::start(made.file_key, made.payload.size(), from(made.payload)); };
        const Bytes whole = made.payload;
        made.payload.pop_back();
        CHECK(start().error() == Errc::payload);
        made.payload = whole;
        made.payload.push_back(0);
        CHECK(start().error() == Errc::payload);
        if (size > age::chunk_plain) {  // cut behind a chunk that is not the last
            made.payload.assign(whole.begin(), whole.begin() + age::payload_nonce + age::chunk_sealed);
            CHECK(start().error() == Errc::payload);
        }
    }
    const Sealed made = sealed(10, random);
    CHECK(open::RangeReader::start(random.secret<16>(), made.payload.size(), from(made.payload)).error() == Errc::payload);
    CHECK(open::RangeReader::start(made.file_key, 31, from(made.payload)).error() == Errc::payload);
}

TEST_CASE("a changed chunk spoils the ranges that touch it and no other") {
    tests::SeededRandom random(2);
    Sealed made = sealed(400000, random);
    made.payload[age::payload_nonce + 2 * age::chunk_sealed + 5] ^= 1;
    auto reader = open::RangeReader::start(made.file_key, made.payload.size(), from(made.payload));
    REQUIRE(reader);
    Bytes out(100);
    CHECK(reader->read_at(2 * age::chunk_plain - 100, out).has_value());
    CHECK(reader->read_at(2 * age::chunk_plain - 99, out).error() == Errc::payload);
    CHECK(reader->read_at(3 * age::chunk_plain - 1, out).error() == Errc::payload);
    CHECK(reader->read_at(3 * age::chunk_plain, out).has_value());
    Bytes whole(400000);
    CHECK(reader->read_at(0, whole).error() == Errc::payload);
}

TEST_CASE("what the source cannot give is its own error") {
    tests::SeededRandom random(3);
    const Sealed made = sealed(200000, random);
    bool broken = false;
    const auto read = [&](std::uint64_t offset, std::span<std::uint8_t> out) {
        return broken ? Result<void>(Errc::io) : from(made.payload)(offset, out);
    };
    auto reader = open::RangeReader::start(made.file_key, made.payload.size(), read);
    REQUIRE(reader);
    broken = true;
    Bytes out(10);
    CHECK(reader->read_at(0, out).error() == Errc::io);
    broken = false;
    CHECK(reader->read_at(0, out).value() == 10);
}
