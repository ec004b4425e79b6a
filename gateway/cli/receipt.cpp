#include "gateway/cli/receipt.hpp"

#include "gateway/cli/refusal.hpp"

#include "crypto/encoding.hpp"
#include "crypto/errors.hpp"
#include "crypto/receipt.hpp"

#include <nlohmann/json.hpp>

#include <array>
#include <cstdio>
#include <fstream>
#include <vector>

namespace gateway::cli {

namespace {

constexpr const char* usage = R"(usage: sluis receipt verify FILE --key VKEY [--key VKEY]… [--json]

VKEY is the verifier key of a log (name+id+base64), or a file that holds it. Nothing is asked of any server.
Exit codes: 0 valid, 1 invalid, 2 wrong usage.
)";
constexpr std::size_t file_max = 64 * 1024;

struct ReceiptOptions {
    std::string file;
    std::vector<std::string> keys;
    bool json = false;
};

ReceiptOptions parse_options(std::span<const std::string_view> arguments) {
    ReceiptOptions options;
    for (std::size_t at = 0; at < arguments.size(); ++at) {
        const std::string_view word = arguments[at];
        if (word == "--json") {
            options.json = true;
        } else if (word == "--key") {
            if (++at == arguments.size()) {
                throw wrong_usage("--key needs a value");
            }
            options.keys.emplace_back(arguments[at]);
        } else if (word.starts_with("--")) {
            throw wrong_usage("unknown option " + std::string(word));
        } else if (!options.file.empty()) {
            throw wrong_usage("one receipt at a time");
        } else {
            options.file = word;
        }
    }
    if (options.file.empty() || options.keys.empty()) {
        throw wrong_usage("a receipt and the key of its log are needed: sluis receipt verify FILE --key VKEY");
    }
    return options;
}

// At most 64 KiB: neither a receipt nor a key is larger.
std::string read_text(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    std::string text(file_max + 1, '\0');
    file.read(text.data(), static_cast<std::streamsize>(text.size()));
    if (file.gcount() == 0) {
        throw Refusal(path + ": cannot be read, or is empty");
    }
    text.resize(static_cast<std::size_t>(file.gcount()));
    return text;
}

crypto::NoteVerifier read_key(const std::string& word) {
    auto verifier = crypto::NoteVerifier::parse(word);
    if (!verifier && std::ifstream(word)) {
        std::string text = read_text(word);
        text.erase(text.find_last_not_of(" \t\r\n") + 1);
        verifier = crypto::NoteVerifier::parse(text);
    }
    if (!verifier) {
        throw Refusal("'" + word + "' is neither the key of a log nor a file that holds one");
    }
    return std::move(*verifier);
}

std::string in_words(const std::string& act) {
    static const std::array<std::pair<std::string_view, const char*>, 2> known{{
        {"upload.sealed", "accepted: the gateway has received this upload and must not lose it"},
        {"document.filed", "filed: the organisation has opened, checked and filed this document"},
    }};
    for (const auto& [name, words] : known) {
        if (name == act) {
            return act + " (" + words + ")";
        }
    }
    return act;
}

// A value of the leaf for a terminal: what could move its cursor is taken out.
std::string shown(const nlohmann::json& leaf, const char* name) {
    const auto field = leaf.find(name);
    if (field == leaf.end()) {
        return {};
    }
    std::string text = field->is_string() ? field->get<std::string>() : field->dump();
    for (char& character : text) {
        const auto byte = static_cast<unsigned char>(character);
        character = byte < 0x20 || byte >= 0x7f ? '?' : character;
    }
    return text;
}

void print_proof(const nlohmann::json& leaf, const crypto::Receipt& receipt, const crypto::merkle::Checkpoint& checkpoint) {
    std::puts("The receipt is valid.");
    const auto line = [](const char* name, const std::string& value) {
        if (!value.empty()) {
            std::printf("  %-9s %s\n", name, value.c_str());
        }
    };
    const std::string act = shown(leaf, "act");
    line("proves", act.empty() ? "an entry of the log" : in_words(act));
    line("time", shown(leaf, "ts"));
    line("upload", shown(leaf, "upload"));
    line("document", shown(leaf, "document"));
    line("size", shown(leaf, "size"));
    line("sha256", shown(leaf, "sha256"));
    line("policy", shown(leaf, "policy"));
    line("consent", shown(leaf, "consent"));
    line("log", checkpoint.origin);
    line("entry", std::to_string(receipt.index) + ", in a log of " + std::to_string(checkpoint.head.size));
    line("root", checkpoint.head.root.hex());
}

int verify(const ReceiptOptions& options) {
    std::vector<crypto::NoteVerifier> known;
    for (const std::string& word : options.keys) {
        known.push_back(read_key(word));
    }
    const auto invalid = [&options](const std::string& reason) {
        if (options.json) {
            std::printf("%s\n", nlohmann::ordered_json{{"valid", false}, {"reason", reason}}.dump().c_str());
        }
        return Refusal(options.file + ": not valid: " + reason);
    };
    const auto receipt = crypto::parse_receipt(read_text(options.file));
    if (!receipt) {
        throw invalid("this is not a receipt, or it was changed");
    }
    const auto checkpoint = crypto::verify_receipt(*receipt, known);
    if (!checkpoint) {
        const bool unsigned_by_known = checkpoint.error() == crypto::Errc::signature;
        throw invalid(
            unsigned_by_known ? "none of the given keys signed it, or it was changed" : "its proof does not lead to the signed log"
        );
    }
    // The log speaks JSON; should a leaf not be, its place in the log is proved all the same.
    auto leaf = nlohmann::json::parse(receipt->leaf.begin(), receipt->leaf.end(), nullptr, false);
    leaf = leaf.is_object() ? leaf : nlohmann::json::object();
    if (options.json) {
        const nlohmann::ordered_json described{
            {"valid", true},
            {"log", checkpoint->origin},
            {"index", receipt->index},
            {"treeSize", checkpoint->head.size},
            {"root", checkpoint->head.root.hex()},
            {"leaf", leaf},
        };
        std::printf("%s\n", described.dump().c_str());
    } else {
        print_proof(leaf, *receipt, *checkpoint);
    }
    return 0;
}

}  // namespace

int run_receipt(std::span<const std::string_view> arguments) {
    for (const std::string_view word : arguments) {
        if (word == "--help") {
            std::fputs(usage, stdout);
            return 0;
        }
    }
    if (arguments.empty() || arguments.front() != "verify") {
        throw wrong_usage("what can be done with a receipt is `sluis receipt verify FILE --key VKEY`");
    }
    return verify(parse_options(arguments.subspan(1)));
}

}  // namespace gateway::cli
