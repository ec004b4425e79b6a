#include "gateway/cli/age_pipeline.hpp"
#include "tests/catch.hpp"

#include <algorithm>
#include <stdexcept>
#include <thread>

using gateway::cli::AgePipeline;

namespace {

constexpr std::size_t block_size = 4;

// Copies blocks of letters; `read` gives one block after the other.
struct Copy {
    std::string in;
    std::string out;
    std::size_t at = 0;
    std::size_t unreadable = std::string::npos;  // reading at or behind this place fails

    AgePipeline pipeline() {
        AgePipeline pipeline;
        pipeline.block_size = block_size;
        pipeline.out_size = block_size;
        pipeline.read = [this](std::span<std::uint8_t> room) {
            if (at >= unreadable) {
                throw std::runtime_error("unreadable");
            }
            const std::size_t size = std::min(room.size(), in.size() - at);
            std::copy_n(in.begin() + static_cast<std::ptrdiff_t>(at), size, room.begin());
            at += size;
            return size;
        };
        pipeline.worker = [] {
            return [](const AgePipeline::Block& block, std::span<std::uint8_t> room) {
                std::this_thread::sleep_for(std::chrono::microseconds(block.number % 3 * 100));  // so that some overtake others
                std::copy(block.bytes.begin(), block.bytes.end(), room.begin());
                const bool spoilt = !block.bytes.empty() && block.bytes.front() == '!';
                return AgePipeline::Done{
                    block.bytes.size(), spoilt ? std::make_exception_ptr(std::runtime_error("spoilt")) : std::exception_ptr()
                };
            };
        };
        pipeline.write = [this](crypto::ByteView bytes) { out += crypto::as_text(bytes); };
        return pipeline;
    }
};

std::string letters(std::size_t size) {
    std::string text;
    for (std::size_t at = 0; at < size; ++at) {
        text += static_cast<char>('a' + at / block_size % 26);
    }
    return text;
}

}  // namespace

TEST_CASE("blocks come out in the order in which they went in, whatever their number") {
    for (const std::size_t size : {0U, 1U, 3U, 4U, 5U, 8U, 101U, 400U}) {
        INFO(size);
        Copy copy{.in = letters(size), .out = {}};
        copy.pipeline().run();
        CHECK(copy.out == copy.in);
    }
}

TEST_CASE("what could be read before reading failed is written once, and the failure is told") {
    for (const std::size_t readable : {0U, 4U, 8U, 12U, 40U}) {
        INFO(readable);
        Copy copy{.in = letters(80), .out = {}, .at = 0, .unreadable = readable};
        CHECK_THROWS_WITH(copy.pipeline().run(), "unreadable");
        CHECK(copy.out == copy.in.substr(0, readable));
    }
}

TEST_CASE("the first thing that goes wrong in the stream is what is told, and nothing behind it is written") {
    Copy copy{.in = letters(40) + "!aaa" + letters(40) + "!bbb" + letters(8), .out = {}};
    CHECK_THROWS_WITH(copy.pipeline().run(), "spoilt");
    CHECK(copy.out == letters(40) + "!aaa");

    Copy full{.in = letters(100), .out = {}};
    auto pipeline = full.pipeline();
    pipeline.write = [&full](crypto::ByteView bytes) {
        if (full.out.size() >= 20) {
            throw std::runtime_error("full");
        }
        full.out += crypto::as_text(bytes);
    };
    CHECK_THROWS_WITH(pipeline.run(), "full");
    CHECK(full.out == full.in.substr(0, 20));
}
