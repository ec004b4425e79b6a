// A program started by us and ended with us: its standard output can be read a line at a time, its standard error goes to a file,
// and the kernel ends it when we die first (PR_SET_PDEATHSIG). One thread. Throws Refusal when it cannot start.
#pragma once

#include <filesystem>
#include <string>
#include <sys/types.h>
#include <vector>

namespace gateway::cli {

class Child {
public:
    Child(const std::vector<std::string>& command, const std::filesystem::path& log, std::string input = {});
    ~Child();  // SIGTERM, five seconds, SIGKILL
    Child(Child&& other) noexcept;
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;

    // The next line, or Refusal when the program ended or said nothing for that long.
    std::string read_line(int timeout_ms);
    int wait();  // exit code; 128 + signal
    bool running();

private:
    pid_t pid_ = -1;
    int output_ = -1;
    std::string buffered_;
    std::filesystem::path log_;
    std::string name_;
};

}  // namespace gateway::cli
