#include "crypto/receipt.hpp"

#include "crypto/decimal.hpp"
#include "crypto/encoding.hpp"
#include "crypto/errors.hpp"

namespace crypto {

namespace {

constexpr std::string_view first_line = "c2sp.org/tlog-proof@v1";
constexpr std::size_t receipt_max = 64 * 1024;
constexpr std::size_t hashes_max = 63;  // of a tree with 2^63 entries

Result<std::string_view> take_line(std::string_view& text) {
    const std::size_t end = text.find('\n');
    if (end == std::string_view::npos) {
        return Errc::format;
    }
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end + 1);
    return line;
}

// The value of a line "name value".
Result<std::string_view> take_value(std::string_view& text, std::string_view name) {
    const auto line = take_line(text);
    if (!line) {
        return line.error();
    }
    if (!line->starts_with(name) || line->size() <= name.size() || (*line)[name.size()] != ' ') {
        return Errc::format;
    }
    return line->substr(name.size() + 1);
}

Result<std::vector<Digest>> take_hashes(std::string_view& text) {
    std::vector<Digest> hashes;
    for (;;) {
        const auto line = take_line(text);
        if (!line) {
            return line.error();
        }
        if (line->empty()) {
            return hashes;
        }
        const auto bytes = from_base64(*line);
        if (!bytes) {
            return bytes.error();
        }
        const auto hash = Digest::from_bytes(*bytes);
        if (!hash || hashes.size() == hashes_max) {
            return Errc::format;
        }
        hashes.push_back(*hash);
    }
}

}  // namespace

std::string format_receipt(const Receipt& receipt) {
    std::string text(first_line);
    text += "\nextra " + to_base64(receipt.leaf) + "\nindex " + std::to_string(receipt.index) + '\n';
    for (const Digest& hash : receipt.proof) {
        text += to_base64(hash.bytes) + '\n';
    }
    return text + '\n' + receipt.checkpoint;
}

Result<Receipt> parse_receipt(std::string_view text) {
    if (text.size() > receipt_max) {
        return Errc::limit;
    }
    const auto first = take_line(text);
    if (!first || *first != first_line) {
        return Errc::format;
    }
    const auto extra = take_value(text, "extra");
    if (!extra) {
        return extra.error();
    }
    auto leaf = from_base64(*extra);
    if (!leaf) {
        return leaf.error();
    }
    const auto index_text = take_value(text, "index");
    if (!index_text) {
        return index_text.error();
    }
    const auto index = parse_decimal(*index_text);
    if (!index) {
        return Errc::format;
    }
    auto proof = take_hashes(text);
    if (!proof) {
        return proof.error();
    }
    Receipt receipt;
    receipt.leaf = std::move(*leaf);
    receipt.index = *index;
    receipt.proof = std::move(*proof);
    receipt.checkpoint = text;
    return receipt;
}

Result<merkle::Checkpoint> verify_receipt(const Receipt& receipt, std::span<const NoteVerifier> known) {
    auto checkpoint = merkle::open_checkpoint(receipt.checkpoint, known);
    if (!checkpoint) {
        return checkpoint.error();
    }
    const auto included = merkle::verify_inclusion(receipt.index, merkle::leaf_hash(receipt.leaf), checkpoint->head, receipt.proof);
    if (!included) {
        return included.error();
    }
    return checkpoint;
}

}  // namespace crypto
