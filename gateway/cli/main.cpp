#include "gateway/cli/command.hpp"
#include "gateway/cli/refusal.hpp"

#include "crypto/secret.hpp"

#include <csignal>
#include <cstdio>
#include <vector>

namespace {

using namespace gateway::cli;

constexpr const char* version = "sluis 0.1.0";

struct Command {
    std::string_view name;
    const char* summary;
    int (*run)(std::span<const std::string_view> arguments);
};

// A command whose source is not part of the build is not offered.
constexpr Command commands[] = {
#if __has_include("gateway/cli/demo.hpp")
    {"demo", "start everything on this machine and seed the story", run_demo},
#endif
#if __has_include("gateway/cli/init.hpp")
    {"init", "make keys, certificates and configuration", run_init},
#endif
#if __has_include("gateway/cli/send.hpp")
    {"send", "encrypt documents and hand them in", run_send},
#endif
    {"receive", "fetch and decrypt the documents that were released to you", run_receive},
#if __has_include("gateway/cli/credential.hpp")
    {"credential", "show what a link or credential gives access to", run_credential},
#endif
    {"keys", "rotate, recover, drill and destroy core's keys", run_keys},
    {"receipt", "check a receipt, offline", run_receipt},
    {"age", "encrypt, decrypt, inspect and re-wrap age files", run_age},
};

void print_help(std::FILE* out) {
    std::fputs("usage: sluis COMMAND …\n\n", out);
    for (const Command& command : commands) {
        std::fprintf(out, "  %-11.*s %s\n", static_cast<int>(command.name.size()), command.name.data(), command.summary);
    }
    std::fputs("\n`sluis COMMAND --help` says more. Exit codes: 0 done, 1 refused or invalid, 2 wrong usage.\n", out);
}

// The one place where a command's refusal becomes a line and an exit code.
int run_command(const Command& command, std::span<const std::string_view> arguments) {
    const auto complain = [&command](const char* sentence) {
        std::fprintf(stderr, "sluis %.*s: %s\n", static_cast<int>(command.name.size()), command.name.data(), sentence);
    };
    try {
        return command.run(arguments);
    } catch (const Refusal& refusal) {
        complain(refusal.what());
        return refusal.exit_code();
    } catch (const std::bad_alloc&) {
        complain("there is not enough memory");
    } catch (const std::exception& error) {
        complain(error.what());
    }
    return 1;
}

}  // namespace

int main(int count, char** words) {
    const std::vector<std::string_view> arguments(words + 1, words + std::max(count, 1));
    if (arguments.empty()) {
        print_help(stderr);
        return 2;
    }
    if (arguments.front() == "--help" || arguments.front() == "help") {
        print_help(stdout);
        return 0;
    }
    if (arguments.front() == "--version") {
        std::puts(version);
        return 0;
    }
    for (const Command& command : commands) {
        if (command.name == arguments.front()) {
            std::signal(SIGPIPE, SIG_IGN);  // a reader or peer that goes away is an error code, not an end
            try {
                crypto::start_secret_memory();
            } catch (const std::exception& error) {
                std::fprintf(stderr, "sluis: %s\n", error.what());
                return 1;
            }
            return run_command(command, std::span(arguments).subspan(1));
        }
    }
    const std::string unknown(arguments.front());
    std::fprintf(stderr, "sluis: there is no command '%s'; `sluis --help` lists them\n", unknown.c_str());
    return 2;
}
