#include "gateway/cli/send.hpp"

#include "gateway/cli/flags.hpp"
#include "gateway/cli/grant_client.hpp"

#include <nlohmann/json.hpp>

#include <cstdio>
#include <fstream>
#include <iostream>
#include <unistd.h>

namespace gateway::cli {
namespace {

constexpr const char* usage = "usage: sluis send --credential FILE|LINK [--item CODE] [--supersedes UPLOAD] [--ca PEM] [--json] FILE…\n"
                              "\n"
                              "Encrypts each file on this machine, hands it in, and writes the receipt beside it as FILE.tlog-proof.\n";

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

void write_receipt(const std::filesystem::path& file, const std::string& receipt) {
    std::ofstream stream(file, std::ios::binary | std::ios::trunc);
    stream << receipt;
    if (!stream.flush()) {
        throw Refusal(file.string() + ": the receipt cannot be written; the document did arrive");
    }
}

}  // namespace

int run_send(std::span<const std::string_view> arguments) {
    const Flags flags(arguments, {.with_value = {"--credential", "--item", "--supersedes", "--ca"}, .switches = {"--json", "--help"}});
    if (flags.has("--help")) {
        std::cout << usage;
        return 0;
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
        const std::filesystem::path file(name);
        const std::string shown = file.filename().string();
        std::optional<std::string> supersedes;
        if (flags.has("--supersedes")) {
            supersedes = flags.value("--supersedes");
        }
        const bool bar = !json && ::isatty(STDERR_FILENO) == 1;
        const Sent sent = grant.send(posting, {file, item, supersedes}, progress_bar(shown, bar));
        const std::filesystem::path receipt = file.string() + ".tlog-proof";
        write_receipt(receipt, sent.receipt);
        if (json) {
            std::cout << nlohmann::json{{"file", name}, {"upload", sent.upload}, {"receipt", receipt.string()}}.dump() << std::endl;
        } else {
            std::cout << shown << " arrived safely.\n  upload   " << sent.upload << "\n  receipt  " << receipt.string() << std::endl;
        }
    }
    return 0;
}

}  // namespace gateway::cli
