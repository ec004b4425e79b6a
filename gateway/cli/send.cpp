#include "gateway/cli/send.hpp"

#include "gateway/cli/flags.hpp"
#include "gateway/cli/grant_client.hpp"

#include <nlohmann/json.hpp>

#include <cstdio>
#include <iostream>

#include <fcntl.h>
#include <unistd.h>

namespace gateway::cli {
namespace {

constexpr const char* usage = "usage: sluis send --credential FILE|LINK [--item CODE] [--ca PEM] [--json] FILE…\n"
                              "\n"
                              "Encrypts each file on this machine, hands it in, and writes the receipt beside it as FILE.tlog-proof.\n"
                              "A receipt that is there already stays: the next one is FILE.2.tlog-proof.\n";

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

GrantClient::Progress progress_bar(const std::string& name, bool shown) {
    if (!shown) {
        return [](std::uint64_t, std::uint64_t) {};
    }
    return [name, last = -1](std::uint64_t done, std::uint64_t total) mutable {
        const int percent = total == 0 ? 100 : static_cast<int>(done * 100 / total);
        if (percent != last) {
            last = percent;
            const auto filled = static_cast<std::size_t>(percent) / 4;
            const std::string bar = std::string(filled, '#') + std::string(25 - filled, '.');
            std::fprintf(stderr, "\r%s  %s %3d%%%s", name.c_str(), bar.c_str(), percent, percent == 100 ? "\n" : "");
        }
    };
}

// The place for a receipt, taken before anything is sent: a folder that takes no files must not cost a receipt. Never another file's:
// when FILE.tlog-proof is there already, this is FILE.2.tlog-proof, and so on.
class ReceiptFile {
public:
    explicit ReceiptFile(const std::filesystem::path& document) {
        for (int number = 1; file_ < 0; ++number) {
            path_ = document.string() + (number == 1 ? "" : "." + std::to_string(number)) + ".tlog-proof";
            file_ = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
            if (file_ < 0 && (errno != EEXIST || number == receipts_max)) {
                throw Refusal(path_.string() + ": the receipt cannot be written here; nothing was sent");
            }
        }
    }
    ~ReceiptFile() {
        ::close(file_);
        if (!written_) {
            ::unlink(path_.c_str());
        }
    }
    ReceiptFile(const ReceiptFile&) = delete;
    ReceiptFile& operator=(const ReceiptFile&) = delete;

    void write(const std::string& receipt) {
        const auto bytes = ::write(file_, receipt.data(), receipt.size());
        if (bytes != static_cast<ssize_t>(receipt.size()) || ::fsync(file_) != 0) {
            throw Refusal(path_.string() + ": the receipt cannot be written; the document did arrive");
        }
        written_ = true;
    }
    const std::filesystem::path& path() const noexcept { return path_; }

private:
    static constexpr int receipts_max = 1000;
    std::filesystem::path path_;
    int file_ = -1;
    bool written_ = false;
};

}  // namespace

int run_send(std::span<const std::string_view> arguments) {
    const Flags flags(arguments, {.with_value = {"--credential", "--item", "--supersedes", "--ca"}, .switches = {"--json", "--help"}});
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
    GrantClient grant(read_credential(flags.required("--credential"), flags.value("--ca")));
    const Posting posting = grant.posting();
    if (posting.state != "open") {
        throw Refusal("this request takes no documents now (" + posting.state + ")");
    }
    const std::string item = choose_item(posting, flags.value("--item"));
    const bool json = flags.has("--json");

    for (const auto& name : flags.rest()) {
        std::error_code unreadable;
        if (std::filesystem::is_regular_file(name, unreadable) && std::filesystem::file_size(name, unreadable) == 0) {
            throw Refusal(std::string(name) + " is empty; nothing was sent");
        }
    }
    for (const auto& name : flags.rest()) {
        const std::filesystem::path file(name);
        const std::string shown = file.filename().string();
        const bool bar = !json && ::isatty(STDERR_FILENO) == 1;
        ReceiptFile receipt(file);
        const Sent sent = grant.send(posting, {file, item}, progress_bar(shown, bar));
        receipt.write(sent.receipt);
        if (json) {
            std::cout << nlohmann::json{{"file", name}, {"upload", sent.upload}, {"receipt", receipt.path().string()}}.dump() << std::endl;
        } else {
            std::cout << shown << " arrived safely.\n  upload   " << sent.upload << "\n  receipt  " << receipt.path().string() << std::endl;
        }
    }
    return 0;
}

}  // namespace gateway::cli
