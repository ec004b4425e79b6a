// Draws the progress of documents on standard error while it is a terminal, ten times a second at most, and keeps the lines apart from
// what is printed meanwhile. Anywhere else it draws nothing, and writes no escape sequence. Any thread.
#pragma once

#include "gateway/cli/progress.hpp"

#include <condition_variable>
#include <cstdio>
#include <list>
#include <mutex>
#include <thread>

namespace gateway::cli {

class ProgressBoard {
public:
    enum class Drawing { on, off };
    struct Work {
        std::size_t files = 0;
        std::uint64_t bytes = 0;
    };
    ProgressBoard(Work work, Drawing drawing);
    ~ProgressBoard();  // takes the lines away
    ProgressBoard(const ProgressBoard&) = delete;
    ProgressBoard& operator=(const ProgressBoard&) = delete;

    // The line of one document, while it lives. One thread at a time.
    class Line {
    public:
        struct Document {
            std::string name;
            std::uint64_t bytes = 0;
        };
        Line(ProgressBoard& board, Document document);
        ~Line();
        Line(const Line&) = delete;
        Line& operator=(const Line&) = delete;

        void begin(FileProgress::Phase phase, std::uint64_t total);  // from nothing
        void at(std::uint64_t done);           // without having moved there: where an upload goes on
        void moved(std::uint64_t bytes);       // forward
        void waits(const std::string& why);    // until something moves

    private:
        ProgressBoard& board_;
        std::uint64_t bytes_;
        std::list<FileProgress>::iterator place_;
    };

    void say(std::FILE* where, const std::string& line);  // with its line break

private:
    void draw_until_stopped(const std::stop_token& stopped);
    void draw();   // with the lock
    void erase();  // with the lock

    std::mutex mutex_;
    std::condition_variable_any wake_;
    std::list<FileProgress> running_;
    TotalProgress total_;
    std::uint64_t moved_ = 0;
    SpeedMeter speed_;
    std::size_t drawn_ = 0;  // lines above the cursor
    std::jthread drawer_;
};

}  // namespace gateway::cli
