// What a terminal shows while documents are sent, as lines of text: one for each that runs, and one for all of them. Pure; a line is never
// wider than it may be, whatever is in a file's name. progress_board draws them.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace gateway::cli {

struct FileProgress {
    enum class Phase { reading, sending, sealing };
    std::string name;
    Phase phase = Phase::reading;
    std::uint64_t done = 0;   // bytes, of this phase
    std::uint64_t total = 0;
    std::string waiting;      // why nothing moves; empty when something does
};

struct TotalProgress {
    std::size_t files_done = 0;
    std::size_t files = 0;
    std::uint64_t done = 0;
    std::uint64_t total = 0;
    std::uint64_t bytes_per_second = 0;  // 0: not known
};

struct Room {
    std::size_t columns = 80;
    std::size_t rows = 24;
};

std::vector<std::string> progress_lines(std::span<const FileProgress> files, const TotalProgress& total, const Room& room);

// A name that may stand in a line: no control characters, no bytes that are no UTF-8. Hostile names move no cursor.
std::string printable(const std::string& name);
// At most so many columns, with an ellipsis in the middle where something was left out. Wide characters count as two.
struct Columns {
    std::size_t count = 0;
};
std::string shortened(const std::string& text, Columns most);

std::string bytes_in_words(std::uint64_t bytes);                  // "412 KiB", "1.2 GiB"
std::string time_in_words(std::chrono::seconds time);             // "0:42", "1:02:03"

// Bytes a second over the last few seconds.
class SpeedMeter {
public:
    using Time = std::chrono::steady_clock::time_point;
    std::uint64_t take(Time now, std::uint64_t bytes);  // bytes: all so far, never fewer than before

private:
    static constexpr std::chrono::seconds window{5};
    struct Sample {
        Time at;
        std::uint64_t bytes;
    };
    std::deque<Sample> samples_;
};

}  // namespace gateway::cli
