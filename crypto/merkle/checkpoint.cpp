#include "crypto/merkle/checkpoint.hpp"

#include "crypto/decimal.hpp"
#include "crypto/encoding.hpp"
#include "crypto/errors.hpp"

namespace crypto::merkle {

namespace {

// The next line without its newline; every line of a checkpoint has one and is not empty.
Result<std::string_view> take_line(std::string_view& text) {
    const std::size_t end = text.find('\n');
    if (end == std::string_view::npos || end == 0) {
        return Errc::format;
    }
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end + 1);
    return line;
}

}  // namespace

std::string format_checkpoint(const Checkpoint& checkpoint) {
    return checkpoint.origin + '\n' + std::to_string(checkpoint.head.size) + '\n' + to_base64(checkpoint.head.root.bytes) + '\n';
}

Result<Checkpoint> parse_checkpoint(std::string_view text) {
    const auto origin = take_line(text);
    if (!origin) {
        return origin.error();
    }
    const auto size_line = take_line(text);
    if (!size_line) {
        return size_line.error();
    }
    const auto root_line = take_line(text);
    if (!root_line) {
        return root_line.error();
    }
    const auto size = parse_decimal(*size_line);
    const auto root_bytes = from_base64(*root_line);
    const auto root = root_bytes ? Digest::from_bytes(*root_bytes) : std::nullopt;
    if (!size || !root) {
        return Errc::format;
    }
    while (!text.empty()) {  // extension lines: allowed, signed, and of no meaning to us
        const auto extension = take_line(text);
        if (!extension) {
            return extension.error();
        }
    }
    Checkpoint checkpoint;
    checkpoint.origin = *origin;
    checkpoint.head = {*size, *root};
    return checkpoint;
}

Result<Checkpoint> open_checkpoint(std::string_view note, std::span<const NoteVerifier> known) {
    const auto text = open_note(note, known);
    if (!text) {
        return text.error();
    }
    auto checkpoint = parse_checkpoint(*text);
    if (!checkpoint) {
        return checkpoint.error();
    }
    // Another log's key may be known as well; only the log itself speaks for its origin.
    std::vector<NoteVerifier> of_origin;
    for (const NoteVerifier& verifier : known) {
        if (verifier.name() == checkpoint->origin) {
            of_origin.push_back(verifier);
        }
    }
    if (of_origin.size() != known.size()) {
        const auto again = open_note(note, of_origin);
        if (!again) {
            return again.error();
        }
    }
    return checkpoint;
}

}  // namespace crypto::merkle
