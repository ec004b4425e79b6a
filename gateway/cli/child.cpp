#include "gateway/cli/child.hpp"

#include "gateway/cli/refusal.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>

namespace gateway::cli {
namespace {

struct Pipe {
    int read_end = -1;
    int write_end = -1;
};

Pipe make_pipe() {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
        throw Refusal(std::string("pipe: ") + std::strerror(errno));
    }
    return {ends[0], ends[1]};
}

// In the child, between fork and exec: only calls that are safe there.
[[noreturn]] void become(const std::vector<char*>& words, int input, int output, int log, pid_t parent) {
    ::prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (::getppid() != parent) {
        ::_exit(127);
    }
    ::setpgid(0, 0);  // Ctrl-C is for us: we end our children in order
    ::dup2(input, STDIN_FILENO);
    ::dup2(output, STDOUT_FILENO);
    ::dup2(log, STDERR_FILENO);
    ::execvp(words[0], words.data());
    ::_exit(127);
}

}  // namespace

Child::Child(const std::vector<std::string>& command, const std::filesystem::path& log, std::string input)
    : log_(log), name_(std::filesystem::path(command.at(0)).filename().string()) {
    const Pipe out = make_pipe();
    const Pipe in = make_pipe();
    const int errors = ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (errors < 0) {
        throw Refusal(log.string() + ": cannot be written");
    }
    std::vector<char*> words;
    for (const auto& word : command) {
        words.push_back(const_cast<char*>(word.c_str()));
    }
    words.push_back(nullptr);
    const pid_t parent = ::getpid();
    pid_ = ::fork();
    if (pid_ == 0) {
        become(words, in.read_end, out.write_end, errors, parent);
    }
    ::close(in.read_end);
    ::close(out.write_end);
    ::close(errors);
    output_ = out.read_end;
    if (pid_ < 0) {
        throw Refusal(name_ + " cannot be started");
    }
    const auto written = ::write(in.write_end, input.data(), input.size());
    ::close(in.write_end);
    if (written != static_cast<ssize_t>(input.size())) {
        throw Refusal(name_ + " did not take its input");
    }
}

Child::Child(Child&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)), output_(std::exchange(other.output_, -1)), buffered_(std::move(other.buffered_)),
      log_(std::move(other.log_)), name_(std::move(other.name_)) {}

Child::~Child() {
    if (pid_ > 0) {
        ::kill(pid_, SIGTERM);
        constexpr int tries = 250;
        int status = 0;
        for (int i = 0; i < tries && ::waitpid(pid_, &status, WNOHANG) == 0; ++i) {
            ::usleep(20'000);
        }
        if (::waitpid(pid_, &status, WNOHANG) == 0) {
            ::kill(pid_, SIGKILL);
            ::waitpid(pid_, &status, 0);
        }
    }
    if (output_ >= 0) {
        ::close(output_);
    }
}

std::string Child::read_line(int timeout_ms) {
    for (;;) {
        const auto end = buffered_.find('\n');
        if (end != std::string::npos) {
            std::string line = buffered_.substr(0, end);
            buffered_.erase(0, end + 1);
            return line;
        }
        pollfd waiting{output_, POLLIN, 0};
        if (::poll(&waiting, 1, timeout_ms) <= 0) {
            throw Refusal(name_ + " did not start in time; its log is " + log_.string());
        }
        std::array<char, 4096> bytes{};
        const auto count = ::read(output_, bytes.data(), bytes.size());
        if (count <= 0) {
            throw Refusal(name_ + " stopped; its log is " + log_.string());
        }
        buffered_.append(bytes.data(), static_cast<std::size_t>(count));
    }
}

int Child::wait() {
    int status = 0;
    while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
    }
    pid_ = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

bool Child::running() {
    int status = 0;
    if (pid_ > 0 && ::waitpid(pid_, &status, WNOHANG) == pid_) {
        pid_ = -1;
    }
    return pid_ > 0;
}

}  // namespace gateway::cli
