#include "crypto/age/armor.hpp"

#include "crypto/encoding.hpp"
#include "crypto/errors.hpp"

namespace crypto::age {

namespace {

constexpr std::string_view begin_line = "-----BEGIN AGE ENCRYPTED FILE-----";
constexpr std::string_view end_line = "-----END AGE ENCRYPTED FILE-----";
constexpr std::size_t columns = 64;
constexpr std::size_t bytes_a_line = 48;
constexpr std::size_t outside_max = 1024;  // white space before, and again after

bool is_white(char character) {
    return character == ' ' || character == '\t' || character == '\r' || character == '\n';
}

bool is_white(std::string_view text) {
    for (const char character : text) {
        if (!is_white(character)) {
            return false;
        }
    }
    return true;
}

}  // namespace

ArmorWriter::ArmorWriter(Sink sink) : sink_(std::move(sink)) {
    line_.reserve(bytes_a_line);
}

Result<void> ArmorWriter::update(ByteView bytes) {
    std::string text;
    if (!begun_) {
        text = std::string(begin_line) + '\n';
        begun_ = true;
    }
    while (!bytes.empty()) {
        const std::size_t taken = std::min(bytes.size(), bytes_a_line - line_.size());
        line_.insert(line_.end(), bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(taken));
        bytes = bytes.subspan(taken);
        if (line_.size() == bytes_a_line) {
            text += to_base64(line_) + '\n';
            line_.clear();
        }
    }
    return text.empty() ? Result<void>{} : sink_(as_bytes(text));
}

Result<void> ArmorWriter::finish() {
    std::string text = begun_ ? "" : std::string(begin_line) + '\n';
    if (!line_.empty()) {
        text += to_base64(line_) + '\n';
    }
    return sink_(as_bytes(text + std::string(end_line) + '\n'));
}

ArmorReader::ArmorReader(Sink sink) : sink_(std::move(sink)) {}

Result<void> ArmorReader::update(ByteView text) {
    for (const char character : as_text(text)) {
        if (character == '\n') {
            const auto ended = line_ended();
            if (!ended) {
                return ended;
            }
            line_.clear();
            continue;
        }
        line_ += character;
        const std::size_t longest = is_white(line_.front()) && state_ != State::inside ? outside_max : columns + 1;  // and a CR
        if (line_.size() > longest) {
            return Errc::armor;
        }
    }
    return {};
}

Result<void> ArmorReader::line_ended() {
    if (state_ == State::before || state_ == State::after) {
        if (is_white(line_)) {
            outside_ += line_.size() + 1;
            return outside_ > outside_max ? Result<void>(Errc::armor) : Result<void>{};
        }
        std::string_view line = line_;
        line.remove_suffix(line.ends_with('\r') ? 1 : 0);
        if (state_ == State::after || line != begin_line) {
            return Errc::armor;
        }
        state_ = State::inside;
        outside_ = 0;
        return {};
    }
    std::string_view line = line_;
    line.remove_suffix(line.ends_with('\r') ? 1 : 0);
    if (line == end_line) {
        state_ = State::after;
        return {};
    }
    if (state_ == State::short_line || line.empty() || line.size() > columns) {
        return Errc::armor;
    }
    const auto bytes = from_base64(line);
    if (!bytes) {
        return Errc::armor;
    }
    if (bytes->size() < bytes_a_line) {  // fewer columns, or padding: only the end may follow
        state_ = State::short_line;
    }
    return sink_(*bytes);
}

Result<void> ArmorReader::finish() {
    if (!line_.empty()) {
        const auto ended = line_ended();  // the last line need not have an end
        if (!ended) {
            return ended;
        }
        line_.clear();
    }
    return state_ == State::after ? Result<void>{} : Result<void>(Errc::armor);
}

}  // namespace crypto::age
