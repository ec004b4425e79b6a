#include "gateway/cli/send.hpp"

#include "gateway/cli/flags.hpp"
#include "gateway/cli/sending.hpp"

#include <nlohmann/json.hpp>

#include <atomic>
#include <charconv>
#include <csignal>
#include <iostream>
#include <set>

#include <unistd.h>

namespace gateway::cli {
namespace {

constexpr const char* usage =
    "usage: sluis send --credential FILE|LINK [--item CODE] [--parallel N] [--patience SECONDS] [--ca PEM] [--json] [--quiet] FILE…\n"
    "\n"
    "Encrypts each file on this machine, hands it in, and writes the receipt beside it as FILE.tlog-proof.\n"
    "A receipt that is there already stays: the next one is FILE.2.tlog-proof.\n"
    "Interrupted in any way, the same command goes on where it was, as long as the file is the same; for a day.\n"
    "\n"
    "  --parallel N        files at a time, 1 to 16 (default 4)\n"
    "  --patience SECONDS  gives up when nothing went forward for so long (default 600)\n"
    "  --json              one JSON object a line for each file, as soon as it is done:\n"
    "                      {\"file\",\"upload\",\"receipt\",\"sha256\",\"bytes\"} or {\"file\",\"error\":{\"type\",\"title\"}}\n"
    "  --quiet             says nothing but what went wrong\n"
    "\n"
    "A file that is refused does not stop the others. Exit codes: 0 all arrived, 1 one or more did not, 2 wrong usage.\n";

struct Limits {
    unsigned least;
    unsigned most;
    unsigned otherwise;
};
constexpr Limits parallel_limits{.least = 1, .most = 16, .otherwise = 4};
constexpr Limits patience_limits{.least = 1, .most = 7 * 24 * 3600, .otherwise = 600};

unsigned number_of(const Flags& flags, const std::string& flag, const Limits& limits) {
    const std::string text = flags.value(flag, std::to_string(limits.otherwise));
    unsigned number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size() || number < limits.least || number > limits.most) {
        throw wrong_usage(flag + " is a number from " + std::to_string(limits.least) + " to " + std::to_string(limits.most));
    }
    return number;
}

std::string choose_item(const Posting& posting, const std::string& wanted) {
    for (const auto& item : posting.items) {
        if (item.code == wanted || (wanted.empty() && posting.items.size() == 1)) {
            return item.code;
        }
    }
    std::string sentence = wanted.empty() ? "choose what the files are with --item:" : "this request has no item " + wanted + "; it has:";
    for (const auto& item : posting.items) {
        sentence += " " + item.code + " (" + item.title + ")";
    }
    throw wrong_usage(sentence);
}

void expect_each_once(const std::vector<std::string>& files) {
    std::set<std::filesystem::path> seen;
    for (const auto& file : files) {
        std::error_code unknown;
        const auto path = std::filesystem::weakly_canonical(file, unknown);
        if (!unknown && !seen.insert(path).second) {
            throw wrong_usage(file + " is named twice");
        }
    }
}

// Ctrl-C ends it at once, by the signal. What arrived is on the edge, and what is needed to go on was on the disk before it: nothing is
// left to be done.
extern "C" void say_how_to_go_on(int number) {
    constexpr std::string_view sentence = "\nsluis send: interrupted; what arrived stays, and the same command goes on from there\n";
    static_cast<void>(!::write(STDERR_FILENO, sentence.data(), sentence.size()));
    ::raise(number);
}

void say_on_signals() {
    struct sigaction action{};
    action.sa_handler = say_how_to_go_on;
    action.sa_flags = static_cast<int>(SA_RESETHAND);
    for (const int number : {SIGINT, SIGTERM, SIGHUP}) {
        struct sigaction before{};
        ::sigaction(number, nullptr, &before);
        if (before.sa_handler != SIG_IGN) {
            ::sigaction(number, &action, nullptr);
        }
    }
}

enum class Saying { words, json, nothing };

// All the files of one command, worked on by several threads.
class Errand {
public:
    struct Order {
        std::vector<std::string> files;
        std::string item;
        std::chrono::seconds patience{};
        Saying saying = Saying::words;
    };
    Errand(const GrantClient& grant, const Posting& posting, Order order)
        : grant_(grant), posting_(posting), order_(std::move(order)), unfinished_(unfinished_folder()),
          board_(
              work(),
              order_.saying == Saying::words && ::isatty(STDERR_FILENO) == 1 ? ProgressBoard::Drawing::on : ProgressBoard::Drawing::off
          ) {}

    // True when all arrived.
    bool run(std::size_t threads) {
        {
            std::vector<std::jthread> running;
            for (std::size_t number = 0; number < std::min(threads, order_.files.size()); ++number) {
                running.emplace_back([this] { send_some(); });
            }
        }
        return failed_ == 0;
    }

private:
    static std::uint64_t size_of(const std::string& file) {
        std::error_code unknown;
        const auto size = std::filesystem::is_regular_file(file, unknown) ? std::filesystem::file_size(file, unknown) : 0;
        return unknown ? 0 : size;
    }
    ProgressBoard::Work work() const {
        ProgressBoard::Work all{order_.files.size(), 0};
        for (const auto& file : order_.files) {
            all.bytes += size_of(file);
        }
        return all;
    }

    void send_some() {
        GrantClient grant = grant_.another(Patience(order_.patience));
        for (std::size_t number = next_++; number < order_.files.size(); number = next_++) {
            const auto& file = order_.files[number];
            try {
                ProgressBoard::Line line(board_, {std::filesystem::path(file).filename().string(), size_of(file)});
                grant.went_forward();
                say_sent(file, Sending(grant, posting_, {file, order_.item, unfinished_}, line).run());
            } catch (const Refusal& refusal) {
                say_failed(file, refusal.type(), refusal.what());
            } catch (const std::exception& error) {
                say_failed(file, "internal", error.what());
            }
        }
    }

    void say_sent(const std::string& file, const Sent& sent) {
        if (order_.saying == Saying::json) {
            const nlohmann::json said = {
                {"file", file},
                {"upload", sent.upload},
                {"receipt", sent.receipt.string()},
                {"sha256", sent.sha256.hex()},
                {"bytes", sent.bytes}
            };
            board_.say(stdout, said.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
        } else if (order_.saying == Saying::words) {
            const auto shown = printable(std::filesystem::path(file).filename().string());
            board_.say(stdout, shown + " arrived safely.\n  upload   " + sent.upload + "\n  receipt  " + printable(sent.receipt.string()));
        }
    }

    void say_failed(const std::string& file, const std::string& type, const std::string& title) {
        ++failed_;
        if (order_.saying == Saying::json) {
            const nlohmann::json said = {{"file", file}, {"error", {{"type", type}, {"title", title}}}};
            board_.say(stdout, said.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
        }
        board_.say(stderr, "sluis send: " + printable(file + ": " + title));
    }

    const GrantClient& grant_;
    const Posting& posting_;
    Order order_;
    std::filesystem::path unfinished_;
    ProgressBoard board_;
    std::atomic<std::size_t> next_{0};
    std::atomic<std::size_t> failed_{0};
};

}  // namespace

int run_send(std::span<const std::string_view> arguments) {
    const Flags flags(
        arguments,
        {.with_value = {"--credential", "--item", "--supersedes", "--ca", "--parallel", "--patience"},
         .switches = {"--json", "--quiet", "--help"}}
    );
    if (flags.has("--help")) {
        std::cout << usage;
        return 0;
    }
    if (flags.has("--supersedes")) {
        throw wrong_usage("--supersedes is not possible yet: the gateway keeps every version as a document of its own");
    }
    if (flags.rest().empty()) {
        throw wrong_usage("name the files to send");
    }
    const std::size_t parallel = number_of(flags, "--parallel", parallel_limits);
    const std::chrono::seconds patience(number_of(flags, "--patience", patience_limits));
    expect_each_once(flags.rest());

    GrantClient grant(
        read_credential(flags.required("--credential"), flags.value("--ca")), Patience(std::min(patience, GrantClient::short_patience))
    );
    if (!flags.has("--quiet") && ::isatty(STDERR_FILENO) == 1) {
        grant.on_wait = [](const std::string& why) { std::fprintf(stderr, "%s\n", why.c_str()); };
    }
    const Posting posting = grant.posting();
    if (posting.state != "open") {
        throw Refusal("this request takes no documents now (" + posting.state + ")");
    }
    const std::string item = choose_item(posting, flags.value("--item"));
    const Saying saying = flags.has("--json") ? Saying::json : flags.has("--quiet") ? Saying::nothing : Saying::words;

    Errand errand(grant, posting, {flags.rest(), item, patience, saying});
    say_on_signals();
    const auto threads = std::clamp<std::uint64_t>(posting.open_uploads_max, 1, parallel);
    return errand.run(threads) ? 0 : 1;
}

}  // namespace gateway::cli
