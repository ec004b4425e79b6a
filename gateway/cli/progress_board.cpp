#include "gateway/cli/progress_board.hpp"

#include <algorithm>

#include <sys/ioctl.h>
#include <unistd.h>

namespace gateway::cli {
namespace {

constexpr std::chrono::milliseconds redraw_pause{100};

Room terminal_room() {
    winsize size{};
    if (::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0 || size.ws_row == 0) {
        return {};
    }
    return {size.ws_col, size.ws_row};
}

}  // namespace

ProgressBoard::ProgressBoard(Work work, Drawing drawing) {
    total_.files = work.files;
    total_.total = work.bytes;
    if (drawing == Drawing::on) {
        drawer_ = std::jthread([this](const std::stop_token& stopped) { draw_until_stopped(stopped); });
    }
}

ProgressBoard::~ProgressBoard() {
    drawer_.request_stop();
    if (drawer_.joinable()) {
        drawer_.join();
    }
    const std::lock_guard lock(mutex_);
    erase();
}

void ProgressBoard::draw_until_stopped(const std::stop_token& stopped) {
    std::unique_lock lock(mutex_);
    while (!stopped.stop_requested()) {
        draw();
        wake_.wait_for(lock, stopped, redraw_pause, [] { return false; });
    }
}

void ProgressBoard::draw() {
    total_.bytes_per_second = speed_.take(std::chrono::steady_clock::now(), moved_);
    TotalProgress total = total_;
    for (const auto& file : running_) {
        total.done += file.phase == FileProgress::Phase::reading ? 0 : file.done;
    }
    total.done = std::min(total.done, total.total);
    const std::vector<FileProgress> files(running_.begin(), running_.end());
    const auto lines = progress_lines(files, total, terminal_room());
    std::string text = drawn_ == 0 ? "" : "\x1b[" + std::to_string(drawn_) + "A\r";
    for (const auto& line : lines) {
        text += line + "\x1b[K\n";
    }
    text += "\x1b[J";
    drawn_ = lines.size();
    std::fwrite(text.data(), 1, text.size(), stderr);
}

void ProgressBoard::erase() {
    if (drawn_ != 0) {
        std::fprintf(stderr, "\x1b[%zuA\r\x1b[J", drawn_);
        drawn_ = 0;
    }
}

// The lines come back with the next drawing.
void ProgressBoard::say(std::FILE* where, const std::string& line) {
    const std::lock_guard lock(mutex_);
    erase();
    std::fwrite(line.data(), 1, line.size(), where);
    std::fputc('\n', where);
    std::fflush(where);
}

ProgressBoard::Line::Line(ProgressBoard& board, Document document) : board_(board), bytes_(document.bytes) {
    const std::lock_guard lock(board_.mutex_);
    place_ = board_.running_.insert(board_.running_.end(), {.name = printable(document.name), .total = bytes_, .waiting = {}});
}

ProgressBoard::Line::~Line() {
    const std::lock_guard lock(board_.mutex_);
    board_.running_.erase(place_);
    ++board_.total_.files_done;
    board_.total_.done += bytes_;
}

void ProgressBoard::Line::begin(FileProgress::Phase phase, std::uint64_t total) {
    const std::lock_guard lock(board_.mutex_);
    place_->phase = phase;
    place_->done = phase == FileProgress::Phase::sealing ? total : 0;
    place_->total = total;
    place_->waiting.clear();
}

void ProgressBoard::Line::at(std::uint64_t done) {
    const std::lock_guard lock(board_.mutex_);
    place_->done = done;
}

void ProgressBoard::Line::moved(std::uint64_t bytes) {
    const std::lock_guard lock(board_.mutex_);
    place_->done += bytes;
    place_->waiting.clear();
    board_.moved_ += place_->phase == FileProgress::Phase::sending ? bytes : 0;
}

void ProgressBoard::Line::waits(const std::string& why) {
    const std::lock_guard lock(board_.mutex_);
    place_->waiting = why;
}

}  // namespace gateway::cli
