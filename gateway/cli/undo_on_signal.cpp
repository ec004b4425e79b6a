#include "gateway/cli/undo_on_signal.hpp"

#include <algorithm>
#include <array>
#include <climits>
#include <csignal>
#include <initializer_list>
#include <unistd.h>

namespace gateway::cli {

namespace {

constexpr std::initializer_list<int> ending{SIGINT, SIGTERM, SIGHUP};

// A handler may touch neither the heap nor a lock, so what it needs lies ready.
std::array<char, PATH_MAX> unfinished{};
int silent_terminal = -1;
termios terminal_before{};

sigset_t ending_set() {
    sigset_t set;
    ::sigemptyset(&set);
    for (const int number : ending) {
        ::sigaddset(&set, number);
    }
    return set;
}

// unlink, tcsetattr and raise are async-signal-safe (signal-safety(7)). The raised signal meets the default action, since SA_RESETHAND.
extern "C" void undo(int number) {
    if (unfinished.front() != '\0') {
        ::unlink(unfinished.data());
    }
    if (silent_terminal >= 0) {
        ::tcsetattr(silent_terminal, TCSAFLUSH, &terminal_before);
    }
    ::raise(number);
}

}  // namespace

void undo_on_signals() {
    struct sigaction action{};
    action.sa_handler = undo;
    action.sa_mask = ending_set();
    action.sa_flags = static_cast<int>(SA_RESETHAND);
    for (const int number : ending) {
        struct sigaction before{};
        ::sigaction(number, nullptr, &before);
        if (before.sa_handler != SIG_IGN) {  // nohup, or a shell's background job
            ::sigaction(number, &action, nullptr);
        }
    }
}

SignalsWait::SignalsWait() {
    const sigset_t set = ending_set();
    ::sigprocmask(SIG_BLOCK, &set, &before_);
}

SignalsWait::~SignalsWait() {
    ::sigprocmask(SIG_SETMASK, &before_, nullptr);
}

void note_unfinished_file(const std::string& path) {
    unfinished.front() = '\0';
    if (path.size() < unfinished.size()) {  // a longer one is no path that could be opened
        std::copy(path.begin(), path.end(), unfinished.begin());
        unfinished.at(path.size()) = '\0';
    }
}

void note_silent_terminal(int file, const termios* before) {
    silent_terminal = -1;
    if (before != nullptr) {
        terminal_before = *before;
        silent_terminal = file;
    }
}

}  // namespace gateway::cli
