// For tests: a foreign server (peer.py) as a child process, in a folder of its own. Ends with the object.
#pragma once

#include <array>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string>

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

namespace tests {

class Peer {
public:
    explicit Peer(const std::string& kind) {
        std::string pattern = (std::filesystem::temp_directory_path() / "peer-XXXXXX").string();
        folder_ = ::mkdtemp(pattern.data());
        std::array<int, 2> input{};
        std::array<int, 2> output{};
        if (::pipe2(input.data(), O_CLOEXEC) != 0 || ::pipe2(output.data(), O_CLOEXEC) != 0) {
            throw std::runtime_error("no pipe");
        }
        const std::string script = std::string(SLUIS_SOURCE_DIR) + "/tests/gateway/client/peer.py";
        child_ = ::fork();
        if (child_ == 0) {
            ::dup2(input[0], STDIN_FILENO);
            ::dup2(output[1], STDOUT_FILENO);
            ::execl("/usr/bin/python3", "python3", "-B", script.c_str(), kind.c_str(), folder_.c_str(), static_cast<char*>(nullptr));
            ::_exit(127);
        }
        ::close(input[0]);
        ::close(output[1]);
        input_ = input[1];
        std::string line;
        char byte = 0;
        while (::read(output[0], &byte, 1) == 1 && byte != '\n') {
            line += byte;
        }
        ::close(output[0]);
        const auto digits = line.find_first_of("0123456789");
        if (digits == std::string::npos) {
            throw std::runtime_error("the peer does not start");
        }
        port_ = std::stoi(line.substr(digits));
    }
    ~Peer() {
        ::close(input_);
        ::kill(child_, SIGTERM);
        ::waitpid(child_, nullptr, 0);
        std::filesystem::remove_all(folder_);
    }
    Peer(const Peer&) = delete;
    Peer& operator=(const Peer&) = delete;

    std::string at() const { return "127.0.0.1:" + std::to_string(port_); }
    std::filesystem::path file(const std::string& name) const { return folder_ / name; }

private:
    std::filesystem::path folder_;
    pid_t child_ = -1;
    int input_ = -1;
    int port_ = 0;
};

}  // namespace tests
