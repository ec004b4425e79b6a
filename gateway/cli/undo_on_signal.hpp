// What Ctrl-C and its like must not leave behind: an unfinished file, a terminal without echo. The program still dies by the signal, at
// once and wherever it waits; that is why the handler undoes it and not the code after a read that may never return. One thread.
#pragma once

#include <csignal>
#include <string>
#include <termios.h>

namespace gateway::cli {

void undo_on_signals();  // SIGINT, SIGTERM, SIGHUP, as far as they are not ignored

// Signals wait as long as it lives: around a change of the world and the note of it below.
class SignalsWait {
public:
    SignalsWait();
    ~SignalsWait();
    SignalsWait(const SignalsWait&) = delete;
    SignalsWait& operator=(const SignalsWait&) = delete;

private:
    sigset_t before_;
};

// Both are noted while SignalsWait.
void note_unfinished_file(const std::string& path);  // to be removed; empty: none any more
void note_silent_terminal(int file, const termios* before);  // to be set back; nullptr: none any more

}  // namespace gateway::cli
