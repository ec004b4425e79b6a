#include "gateway/cli/progress.hpp"

#include "tests/catch.hpp"

using namespace gateway::cli;
using namespace std::chrono_literals;

namespace {

FileProgress sending(std::string name, std::uint64_t done, std::uint64_t total) {
    return {.name = std::move(name), .phase = FileProgress::Phase::sending, .done = done, .total = total, .waiting = {}};
}

// Code points; every one in these tests is one column wide.
std::size_t characters(const std::string& line) {
    return static_cast<std::size_t>(std::count_if(line.begin(), line.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

constexpr TotalProgress half{.files_done = 1, .files = 4, .done = 512 << 20, .total = 1 << 30, .bytes_per_second = 8 << 20};

}  // namespace

TEST_CASE("one line for each file that runs, and one for all", "[cli]") {
    const std::vector files{sending("report.pdf", 41, 100), sending("a.bin", 0, 100)};
    const auto lines = progress_lines(files, half, {.columns = 80, .rows = 24});
    REQUIRE(lines.size() == 3);
    CHECK(lines[0] == "report.pdf ############..................  41%");
    CHECK(lines[1] == "a.bin      ..............................   0%");
    CHECK(lines[2] == "1 of 4 files  512 MiB of 1.0 GiB  8.0 MiB/s  1:05 left");
}

TEST_CASE("what a file waits for stands in its line", "[cli]") {
    auto file = sending("report.pdf", 41, 100);
    file.waiting = "no connection, again in 0:04";
    CHECK(progress_lines({{file}}, half, {}).front().starts_with("report.pdf no connection, again in 0:04 "));
    file.waiting.clear();
    file.phase = FileProgress::Phase::reading;
    CHECK(progress_lines({{file}}, half, {}).front().starts_with("report.pdf reading ####"));
    file.phase = FileProgress::Phase::sealing;
    CHECK(progress_lines({{file}}, half, {}).front().find("the server checks it") != std::string::npos);
}

TEST_CASE("no line is wider than the terminal, however narrow", "[cli]") {
    std::vector files{
        sending("a very long name of a report that nobody shortened (final, really final).pdf", 100, 100), sending("b", 7, 9)
    };
    files.push_back(sending("c", 1, 0));
    files.back().phase = FileProgress::Phase::reading;
    files.push_back(sending("d", 1, 2));
    files.back().waiting = "the server is busy, again in 0:30";
    for (std::size_t columns = 1; columns < 200; ++columns) {
        for (const auto& line : progress_lines(files, half, {.columns = columns, .rows = 24})) {
            CAPTURE(columns, line);
            CHECK(characters(line) <= columns - 1);
        }
    }
}

TEST_CASE("no more lines than the terminal has rows", "[cli]") {
    const std::vector files(16, sending("a", 1, 2));
    CHECK(progress_lines(files, half, {.columns = 80, .rows = 24}).size() == 17);
    CHECK(progress_lines(files, half, {.columns = 80, .rows = 10}).size() == 9);
    CHECK(progress_lines(files, half, {.columns = 80, .rows = 1}).size() == 2);
}

TEST_CASE("a hostile name moves no cursor", "[cli]") {
    CHECK(printable("a\x1b[2Jb\nc\x7f") == "a?[2Jb?c?");
    CHECK(printable("caf\xC3\xA9 \xE6\x96\x87.pdf") == "caf\xC3\xA9 \xE6\x96\x87.pdf");
    CHECK(
        printable("\xC2\x9B"
                  "2J") == "?2J"
    );                  // the 8-bit form of ESC [
    CHECK(
        printable("a\xE2\x80\xAE"
                  "b") == "a?b"
    );              // right-to-left override
    CHECK(printable("\xC0\xAF\xED\xA0\x80\xF5x\xE2\x82") == "??????x??");  // overlong, surrogate, too high, cut short
    CHECK(printable("").empty());
}

TEST_CASE("a name is shortened in its middle", "[cli]") {
    CHECK(shortened("report.pdf", {10}) == "report.pdf");
    CHECK(shortened("report.pdf", {9}) == "repo\xE2\x80\xA6.pdf");
    CHECK(shortened("report.pdf", {1}) == "\xE2\x80\xA6");
    CHECK(shortened("report.pdf", {0}).empty());
    CHECK(shortened("\xE6\x96\x87\xE6\x96\x87\xE6\x96\x87", {5}) == "\xE6\x96\x87\xE2\x80\xA6\xE6\x96\x87");  // two columns each
}

TEST_CASE("sizes and times as people say them", "[cli]") {
    CHECK(bytes_in_words(0) == "0 B");
    CHECK(bytes_in_words(1023) == "1023 B");
    CHECK(bytes_in_words(1024) == "1.0 KiB");
    CHECK(bytes_in_words(1536) == "1.5 KiB");
    CHECK(bytes_in_words(200ULL << 20U) == "200 MiB");
    CHECK(bytes_in_words(50ULL << 30U) == "50.0 GiB");
    CHECK(bytes_in_words(~0ULL).ends_with(" PiB"));
    CHECK(time_in_words(42s) == "0:42");
    CHECK(time_in_words(3723s) == "1:02:03");
}

TEST_CASE("speed is of the last few seconds", "[cli]") {
    SpeedMeter meter;
    const SpeedMeter::Time now{};
    CHECK(meter.take(now, 0) == 0);
    CHECK(meter.take(now + 100ms, 1000) == 0);  // too early to say
    CHECK(meter.take(now + 1s, 1000) == 1000);
    CHECK(meter.take(now + 2s, 4000) == 2000);
    for (int second = 3; second <= 20; ++second) {
        meter.take(now + std::chrono::seconds(second), 4000);
    }
    CHECK(meter.take(now + 21s, 4000) == 0);
}
