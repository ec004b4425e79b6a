#include "gateway/cli/demo.hpp"

#include "crypto/encoding.hpp"
#include "crypto/random.hpp"
#include "gateway/cli/child.hpp"
#include "gateway/cli/flags.hpp"
#include "gateway/cli/installation.hpp"
#include "gateway/cli/story.hpp"

#include <nlohmann/json.hpp>

#include <arpa/inet.h>
#include <csignal>
#include <cstdio>
#include <fcntl.h>
#include <fstream>
#include <iostream>
#include <netinet/in.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <unistd.h>

namespace gateway::cli {
namespace {

using nlohmann::json;
namespace fs = std::filesystem;

constexpr int start_ms = 20'000;
constexpr const char* marker = "sluis-demo";  // only a folder with this file in it is ever emptied

constexpr const char* usage =
    "usage: sluis demo [--state DIR] [--port N] [--json]\n"
    "\n"
    "Starts edge, core and a mail server on loopback with a certificate authority of its own, opens three dossiers, and stays.\n"
    "The edge listens on N (default 8443), the console on N + 1; 0 takes free ports. Ctrl-C stops everything.\n";

fs::path default_state() {
    const char* home = std::getenv("XDG_STATE_HOME");
    if (home != nullptr && *home != '\0') {
        return fs::path(home) / "sluis-demo";
    }
    home = std::getenv("HOME");
    return (home != nullptr && *home != '\0' ? fs::path(home) / ".local" / "state" : fs::temp_directory_path()) / "sluis-demo";
}

// The state folder, emptied, and ours as long as this lives: what a running demo works on is not taken away from under it.
class State {
public:
    explicit State(fs::path folder) : folder_(std::move(folder)) {
        std::error_code ignored;
        if (fs::exists(folder_) && !fs::is_empty(folder_, ignored) && !fs::exists(folder_ / marker)) {
            throw Refusal(folder_.string() + " is not empty and was not made by sluis demo; give another folder with --state");
        }
        fs::create_directories(folder_);
        fs::permissions(folder_, fs::perms::owner_all);
        lock_ = ::open((folder_ / marker).c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
        if (lock_ < 0 || ::flock(lock_, LOCK_EX | LOCK_NB) != 0) {
            throw Refusal("another sluis demo is running on " + folder_.string() + "; end it, or give another folder with --state");
        }
        for (const auto& entry : fs::directory_iterator(folder_)) {
            if (entry.path().filename() != marker) {
                fs::remove_all(entry.path());
            }
        }
        std::ofstream(folder_ / marker) << "made by sluis demo; emptied at its next start\n";
    }
    ~State() { ::close(lock_); }
    State(const State&) = delete;
    State& operator=(const State&) = delete;

    const fs::path& folder() const noexcept { return folder_; }

private:
    fs::path folder_;
    int lock_ = -1;
};

void expect_free(std::uint16_t port) {
    const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const int on = 1;
    ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));  // one that was closed a moment ago is free
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const bool bound = socket >= 0 && ::bind(socket, reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0;
    ::close(socket);
    if (!bound) {
        throw Refusal("port " + std::to_string(port) + " is in use; give another with --port");
    }
}

// Asked before anything is emptied or started: afterwards only a log would say it. 0: any will do.
void expect_both_free(std::uint16_t port) {
    if (port != 0) {
        expect_free(port);
        expect_free(static_cast<std::uint16_t>(port + 1));
    }
}

std::uint16_t free_port() {
    const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    const bool bound = socket >= 0 && ::bind(socket, generic, size) == 0 && ::getsockname(socket, generic, &size) == 0;
    ::close(socket);
    if (!bound) {
        throw Refusal("no free port on loopback");
    }
    return ntohs(address.sin_port);
}

void wait_for_mail_server(std::uint16_t port, Child& server) {
    for (int tries = 0; tries < start_ms / 50 && server.running(); ++tries) {
        const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        const bool answered = ::connect(socket, reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0;
        ::close(socket);
        if (answered) {
            return;
        }
        ::usleep(50'000);
    }
    throw Refusal("the mail server did not start; it needs the package python3-aiosmtpd");
}

std::uint16_t port_of(Child& program, const char* name) {
    const auto ready = json::parse(program.read_line(start_ms), nullptr, false);
    if (!ready.is_object() || !ready.contains(name)) {
        throw Refusal("a program said something else than that it is ready");
    }
    return ready.at(name).get<std::uint16_t>();
}

std::string new_password() {
    crypto::SystemRandom random;
    return crypto::to_base64url(random.bytes<9>());
}

// The file of the console, with the authority that no system knows.
void write_credential(const fs::path& file, const std::string& shown, const fs::path& ca) {
    auto credential = json::parse(shown);
    credential["ca"] = ca.string();
    std::ofstream stream(file);
    stream << credential.dump(2) << "\n";
    stream.close();
    fs::permissions(file, fs::perms::owner_read | fs::perms::owner_write);
}

struct Running {
    std::string edge, console;
    fs::path program, state, ca, mails, credential;
    std::vector<Account> accounts;
    StoryLinks links;
};

json as_json(const Running& demo) {
    const auto login = [&](std::size_t index) {
        return json{{"user", demo.accounts.at(index).user}, {"password", demo.accounts.at(index).password}};
    };
    return {
        {"edge", demo.edge},
        {"console", demo.console},
        {"ca", demo.ca.string()},
        {"mail", demo.mails.string()},
        {"state", demo.state.string()},
        {"roles",
         {{"doctor", {{"link", demo.links.doctor}}},
          {"contractor", {{"credential", demo.credential.string()}}},
          {"juror", {{"link", demo.links.juror}}},
          {"handler", login(0)},
          {"renewal-handler", login(1)},
          {"advising-doctor", login(2)},
          {"dpo", login(3)}}},
    };
}

void print_roles(const Running& demo) {
    const auto login = [&](std::size_t index) { return demo.accounts.at(index).user + " / " + demo.accounts.at(index).password; };
    std::cout << "\nSluis is running. Everything stays on this machine; Ctrl-C stops it.\n\n"
              << "  doctor           " << demo.links.doctor << "\n"
              << "  juror            " << demo.links.juror << "\n"
              << "  contractor       " << demo.program.string() << " send --credential " << demo.credential.string() << " FILE\n"
              << "  handler          " << demo.console << "  " << login(0) << "  (medical)\n"
              << "  handler          " << demo.console << "  " << login(1) << "  (city renewal, subsidy)\n"
              << "  advising doctor  " << demo.console << "  " << login(2) << "\n"
              << "  DPO              " << demo.console << "  " << login(3) << "\n\n"
              << "  mails            " << (demo.mails / "new").string() << "\n"
              << "  authority        " << demo.ca.string() << "  (the browser will warn until it trusts this)\n"
              << "  state            " << demo.state.string() << "\n"
              << std::endl;
}

Installation install(const fs::path& state, std::uint16_t port, std::uint16_t mail_port) {
    return write_installation({
        .folder = state / "installation",
        .organisation = "Stad Voorbeeld",
        .public_host = "localhost",
        .console_host = "localhost",
        .public_listen = {"127.0.0.1", port},
        .inner_listen = {"127.0.0.1", 0},
        .console_listen = {"127.0.0.1", static_cast<std::uint16_t>(port == 0 ? 0 : port + 1)},
        .mail_url = "smtp://127.0.0.1:" + std::to_string(mail_port),
        .mail_from = "sluis@stad.example",
        .policies = installed_policies(),
        .passphrase_file = {},
    });
}

std::uint16_t parse_port(const std::string& text) {
    constexpr unsigned long last = 65534;  // the console takes the next one
    const bool digits = !text.empty() && text.size() <= 5 && text.find_first_not_of("0123456789") == std::string::npos;
    if (!digits || std::stoul(text) > last) {
        throw wrong_usage("--port takes a number up to 65534");
    }
    return static_cast<std::uint16_t>(std::stoul(text));
}

// Waits until the edge listens, and tells core where. Gives the public port.
std::uint16_t settle_edge(Child& edge, const Installation& installation, const fs::path& log) {
    const auto ready = json::parse(edge.read_line(start_ms), nullptr, false);
    if (!ready.is_object() || !ready.contains("public") || !ready.contains("inner")) {
        throw Refusal("the edge did not start; see " + log.string());
    }
    const auto public_port = ready.at("public").get<std::uint16_t>();
    set_edge_ports(installation, public_port, ready.at("inner").get<std::uint16_t>());
    return public_port;
}

std::vector<Account> add_staff(const fs::path& programs, const Installation& installation, const fs::path& state) {
    auto accounts = story_accounts(new_password());
    Child adding(
        {(programs / "sluis-core").string(), "--config", installation.core_config.string(), "--add-staff"},
        state / "core.log",
        account_lines(accounts)
    );
    if (adding.wait() != 0) {
        throw Refusal("the accounts could not be made; see " + (state / "core.log").string());
    }
    return accounts;
}

void stay_until_interrupted(const sigset_t& signals, Child& edge, Child& core, Child& mail) {
    const timespec look{1, 0};
    while (::sigtimedwait(&signals, nullptr, &look) < 0) {
        if (!edge.running() || !core.running() || !mail.running()) {
            throw Refusal("one of the programs stopped; see the logs in the state folder");
        }
    }
}

}  // namespace

int run_demo(std::span<const std::string_view> arguments) {
    const Flags flags(arguments, {.with_value = {"--state", "--port"}, .switches = {"--json", "--help"}});
    if (flags.has("--help")) {
        std::cout << usage;
        return 0;
    }
    const std::uint16_t port = parse_port(flags.value("--port", "8443"));
    sigset_t signals;
    ::sigemptyset(&signals);
    ::sigaddset(&signals, SIGINT);
    ::sigaddset(&signals, SIGTERM);
    ::sigaddset(&signals, SIGHUP);

    expect_both_free(port);
    const State kept(fs::absolute(flags.value("--state", default_state().string())));
    const fs::path& state = kept.folder();
    const fs::path programs = fs::read_symlink("/proc/self/exe").parent_path();
    Running demo{
        .edge = {},
        .console = {},
        .program = programs / "sluis",
        .state = state,
        .ca = {},
        .mails = state / "mail",
        .credential = state / "contractor.json",
        .accounts = {},
        .links = {}
    };

    const std::uint16_t mail_port = free_port();
    Child mail(
        {"/usr/bin/python3",
         "-m",
         "aiosmtpd",
         "-n",
         "-l",
         "127.0.0.1:" + std::to_string(mail_port),
         "-c",
         "aiosmtpd.handlers.Mailbox",
         demo.mails.string()},
        state / "mail.log"
    );
    wait_for_mail_server(mail_port, mail);

    const Installation installation = install(state, port, mail_port);
    demo.ca = installation.ca;

    Child edge({(programs / "sluis-edge").string(), "--config", installation.edge_config.string()}, state / "edge.log");
    const std::uint16_t public_port = settle_edge(edge, installation, state / "edge.log");
    demo.accounts = add_staff(programs, installation, state);
    Child core({(programs / "sluis-core").string(), "--config", installation.core_config.string()}, state / "core.log");
    const auto console_port = port_of(core, "console");

    demo.edge = "https://localhost:" + std::to_string(public_port);
    demo.console = "https://localhost:" + std::to_string(console_port);
    const client::ClientOptions options{
        .base = demo.console, .ca = demo.ca, .certificate = {}, .key = {}, .connect_to = "127.0.0.1:" + std::to_string(console_port)
    };
    demo.links = seed_story(options, demo.accounts, demo.mails);
    write_credential(demo.credential, demo.links.contractor, demo.ca);

    ::sigprocmask(SIG_BLOCK, &signals, nullptr);  // only now: while starting, Ctrl-C just ends us, and the kernel ends our children
    if (flags.has("--json")) {
        std::cout << as_json(demo).dump() << std::endl;
    } else {
        print_roles(demo);
    }
    stay_until_interrupted(signals, edge, core, mail);
    return 0;
}

}  // namespace gateway::cli
