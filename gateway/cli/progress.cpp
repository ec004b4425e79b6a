#include "gateway/cli/progress.hpp"

#include <algorithm>
#include <array>

namespace gateway::cli {
namespace {

constexpr std::size_t name_columns_max = 32;
constexpr std::size_t bar_columns_max = 30;
constexpr std::size_t bar_columns_min = 8;
constexpr char32_t replacement = U'?';

struct Character {
    char32_t code = 0;
    std::size_t bytes = 1;
    bool sound = false;
};

// One character of UTF-8 (RFC 3629) at the start of `text`, overlong forms and surrogates refused.
Character character_at(std::string_view text) {
    const auto byte = [&text](std::size_t at) { return static_cast<unsigned char>(text[at]); };
    const unsigned first = byte(0);
    const std::size_t bytes = first < 0x80 ? 1 : first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
    if ((first >= 0x80 && first < 0xC2) || first > 0xF4 || bytes > text.size()) {
        return {};
    }
    char32_t code = bytes == 1 ? first : first & (0x7FU >> bytes);
    for (std::size_t at = 1; at < bytes; ++at) {
        if ((byte(at) & 0xC0U) != 0x80U) {
            return {};
        }
        code = (code << 6U) | (byte(at) & 0x3FU);
    }
    constexpr std::array<char32_t, 5> least{0, 0, 0x80, 0x800, 0x10000};
    const bool sound = code >= least.at(bytes) && code <= 0x10FFFF && !(code >= 0xD800 && code <= 0xDFFF);
    return sound ? Character{code, bytes, true} : Character{};
}

// Controls, and what turns the direction of a line around or breaks it.
bool moves_the_cursor(char32_t code) {
    return code < 0x20 || (code >= 0x7F && code < 0xA0) || (code >= 0x200B && code <= 0x200F) || (code >= 0x2028 && code <= 0x202E) ||
           (code >= 0x2060 && code <= 0x206F) || code == 0xFEFF;
}

// Where East Asian and pictorial characters are, which may be two columns wide. Some there are not: then a line is a little shorter than
// it could be.
std::size_t columns_of(char32_t code) {
    return (code >= 0x1100 && code < 0x1160) || code >= 0x2300 ? 2 : 1;
}

std::size_t columns_of(const std::string& text) {
    std::size_t columns = 0;
    for (std::size_t at = 0; at < text.size();) {
        const auto next = character_at(std::string_view(text).substr(at));
        columns += columns_of(next.sound ? next.code : replacement);
        at += next.bytes;
    }
    return columns;
}

constexpr std::string_view ellipsis = "\xE2\x80\xA6";  // …

std::string padded(std::string text, Columns to) {
    const auto columns = columns_of(text);
    return text + std::string(columns < to.count ? to.count - columns : 0, ' ');
}

std::string percent_of(const FileProgress& file) {
    const auto percent = file.total == 0 ? 0 : std::min<std::uint64_t>(file.done, file.total) * 100 / file.total;
    const std::string text = std::to_string(percent) + "%";
    return std::string(4 - text.size(), ' ') + text;
}

std::string bar_of(const FileProgress& file, Columns room) {
    const double part = file.total == 0 ? 0.0 : static_cast<double>(std::min(file.done, file.total)) / static_cast<double>(file.total);
    const auto filled = static_cast<std::size_t>(part * static_cast<double>(room.count));
    return std::string(filled, '#') + std::string(room.count - filled, '.');
}

// NAME  reading #####.....  42%: what does not fit is left out from the middle, the name last.
std::string line_of(const FileProgress& file, Columns name, Columns room) {
    const std::string shown = padded(shortened(file.name, name), name);
    const std::size_t left = room.count > name.count + 1 ? room.count - name.count - 1 : 0;
    const std::string percent = percent_of(file);
    if (left < percent.size()) {
        return shortened(file.name, room);
    }
    const std::size_t middle = left - percent.size();  // with a blank behind it
    std::string words = file.waiting;
    if (words.empty() && file.phase != FileProgress::Phase::sending) {
        words = file.phase == FileProgress::Phase::reading ? "reading" : "the server checks it";
    }
    if (!words.empty() && (!file.waiting.empty() || middle < words.size() + bar_columns_min + 2)) {
        return shown + " " + (middle > 1 ? padded(shortened(words, {middle - 1}), {middle - 1}) + " " : "") + percent;
    }
    if (middle < bar_columns_min + 1) {
        return shown + " " + percent;
    }
    words += words.empty() ? "" : " ";
    return shown + " " + words + bar_of(file, {std::min(middle - 1 - words.size(), bar_columns_max)}) + " " + percent;
}

std::string total_line(const TotalProgress& total, Columns room) {
    const std::vector<std::string> parts = {
        std::to_string(total.files_done) + " of " + std::to_string(total.files) + (total.files == 1 ? " file" : " files"),
        bytes_in_words(total.done) + " of " + bytes_in_words(total.total),
        total.bytes_per_second == 0 ? "" : bytes_in_words(total.bytes_per_second) + "/s",
        total.bytes_per_second == 0 || total.done >= total.total
            ? ""
            : time_in_words(std::chrono::seconds((total.total - total.done) / total.bytes_per_second + 1)) + " left",
    };
    std::string line;
    for (const auto& part : parts) {
        const std::string longer = line + (line.empty() || part.empty() ? "" : "  ") + part;
        if (longer.size() <= room.count) {
            line = longer;
        }
    }
    return line;
}

}  // namespace

std::vector<std::string> progress_lines(std::span<const FileProgress> files, const TotalProgress& total, const Room& room) {
    const Columns width{room.columns == 0 ? 80 : room.columns - 1};  // the last column makes some terminals wrap
    std::size_t longest = 0;
    for (const auto& file : files) {
        longest = std::max(longest, columns_of(file.name));
    }
    const Columns name{std::min({longest, name_columns_max, std::max<std::size_t>(width.count / 2, 1)})};
    const std::size_t most = room.rows > 2 ? room.rows - 2 : 1;  // the total, and where the cursor stands
    std::vector<std::string> lines;
    for (const auto& file : files.first(std::min(files.size(), most))) {
        lines.push_back(line_of(file, name, width));
    }
    lines.push_back(total_line(total, width));
    return lines;
}

std::string printable(const std::string& name) {
    std::string shown;
    for (std::size_t at = 0; at < name.size();) {
        const auto next = character_at(std::string_view(name).substr(at));
        if (next.sound && !moves_the_cursor(next.code)) {
            shown.append(name, at, next.bytes);
        } else {
            shown.push_back(static_cast<char>(replacement));
        }
        at += next.bytes;
    }
    return shown;
}

std::string shortened(const std::string& text, Columns most) {
    if (columns_of(text) <= most.count) {
        return text;
    }
    if (most.count == 0) {
        return {};
    }
    // The end of a name says most: the number, the extension. Characters are counted from both ends.
    const std::size_t tail_room = (most.count - 1) / 2;
    const std::size_t head_room = most.count - 1 - tail_room;
    std::vector<std::pair<std::size_t, std::size_t>> characters;  // where each begins, and its columns
    for (std::size_t at = 0; at < text.size();) {
        const auto next = character_at(std::string_view(text).substr(at));
        characters.emplace_back(at, columns_of(next.sound ? next.code : replacement));
        at += next.bytes;
    }
    std::size_t head = 0;
    for (std::size_t used = 0; used + characters[head].second <= head_room; ++head) {
        used += characters[head].second;
    }
    std::size_t tail = characters.size();
    for (std::size_t used = 0; tail > head && used + characters[tail - 1].second <= tail_room; --tail) {
        used += characters[tail - 1].second;
    }
    const std::string end = tail < characters.size() ? text.substr(characters[tail].first) : "";
    return text.substr(0, characters[head].first) + std::string(ellipsis) + end;
}

std::string bytes_in_words(std::uint64_t bytes) {
    constexpr std::array units{"B", "KiB", "MiB", "GiB", "TiB", "PiB"};
    std::size_t unit = 0;
    std::uint64_t tenths = bytes;  // of the unit, from KiB on
    while (unit + 1 < units.size() && (unit == 0 ? tenths >= 1024 : tenths >= 10 * 1024)) {
        tenths = unit == 0 ? tenths * 10 / 1024 : tenths / 1024;
        ++unit;
    }
    if (unit == 0) {
        return std::to_string(bytes) + " B";
    }
    const std::string tenth = tenths < 1000 ? "." + std::to_string(tenths % 10) : "";
    return std::to_string(tenths / 10) + tenth + " " + units.at(unit);
}

std::string time_in_words(std::chrono::seconds time) {
    const auto two = [](long long number) { return (number < 10 ? "0" : "") + std::to_string(number); };
    const long long seconds = time.count();
    const std::string minutes =
        seconds >= 3600 ? std::to_string(seconds / 3600) + ":" + two(seconds / 60 % 60) : std::to_string(seconds / 60);
    return minutes + ":" + two(seconds % 60);
}

std::uint64_t SpeedMeter::take(Time now, std::uint64_t bytes) {
    samples_.push_back({now, bytes});
    while (samples_.size() > 2 && now - samples_[1].at >= window) {
        samples_.pop_front();
    }
    const auto passed = std::chrono::duration_cast<std::chrono::milliseconds>(now - samples_.front().at).count();
    const std::uint64_t moved = bytes - samples_.front().bytes;
    return passed < 500 ? 0 : moved * 1000 / static_cast<std::uint64_t>(passed);
}

}  // namespace gateway::cli
