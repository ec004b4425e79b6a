#include "crypto/age/header.hpp"

#include "crypto/digest.hpp"
#include "crypto/encoding.hpp"
#include "crypto/ensure.hpp"
#include "crypto/errors.hpp"

namespace crypto::age {

namespace {

constexpr std::string_view version_line = "age-encryption.org/v1";
constexpr std::string_view stanza_mark = "-> ";
constexpr std::string_view mac_mark = "---";
constexpr std::size_t columns = 64;
constexpr std::size_t mac_characters = 43;

bool is_argument(std::string_view text) {
    for (const char character : text) {
        if (character < 0x21 || character > 0x7e) {
            return false;
        }
    }
    return !text.empty();
}

// "-> type argument…": one space between, none at the end.
Result<Stanza> parse_stanza_line(std::string_view line) {
    line.remove_prefix(stanza_mark.size());
    Stanza stanza;
    for (bool first = true;; first = false) {
        const std::size_t space = line.find(' ');
        const std::string_view word = line.substr(0, space);
        if (!is_argument(word)) {
            return Errc::header;
        }
        if (stanza.arguments.size() == arguments_max) {
            return Errc::limit;
        }
        if (first) {
            stanza.type = word;
        } else {
            stanza.arguments.emplace_back(word);
        }
        if (space == std::string_view::npos) {
            return stanza;
        }
        line.remove_prefix(space + 1);
    }
}

// Could this be the start of the version line? Answers early, so that a large upload of something else is refused at once.
bool begins_well(std::string_view raw) {
    const std::size_t size = std::min(raw.size(), version_line.size());
    return raw.substr(0, size) == version_line.substr(0, size) && (raw.size() <= size || raw[size] == '\n');
}

}  // namespace

Result<HeaderParser::Fed> HeaderParser::feed(ByteView bytes) {
    const std::string_view text = as_text(bytes);
    Fed fed;
    while (!done_ && fed.used < text.size() && raw_.size() < header_bytes_max) {
        const std::string_view piece = text.substr(fed.used, header_bytes_max - raw_.size());
        const std::size_t newline = piece.find('\n');
        const std::size_t taken = newline == std::string_view::npos ? piece.size() : newline + 1;
        raw_.append(piece.substr(0, taken));
        fed.used += taken;
        if (line_start_ == 0 && !begins_well(raw_)) {
            return Errc::header;
        }
        if (newline != std::string_view::npos) {
            const auto ended = line_ended();
            if (!ended) {
                return ended.error();
            }
            line_start_ = raw_.size();
        }
    }
    if (!done_ && raw_.size() == header_bytes_max) {
        return Errc::limit;  // no byte more is looked at, or waited for
    }
    fed.state = done_ ? State::done : State::need_more;
    return fed;
}

Result<void> HeaderParser::line_ended() {
    const std::string_view line = std::string_view(raw_).substr(line_start_, raw_.size() - line_start_ - 1);
    if (line_start_ == 0) {
        return {};  // the version line, already compared
    }
    if (in_body_) {
        const auto bytes = from_base64_raw(line);
        if (line.size() > columns || !bytes) {
            return Errc::header;
        }
        Bytes& body = header_.stanzas.back().body;
        body.insert(body.end(), bytes->begin(), bytes->end());
        in_body_ = line.size() == columns;  // a shorter line, perhaps an empty one, ends the body
        return {};
    }
    if (line.starts_with(stanza_mark)) {
        if (header_.stanzas.size() == stanzas_max) {
            return Errc::limit;
        }
        auto stanza = parse_stanza_line(line);
        if (!stanza) {
            return stanza.error();
        }
        header_.stanzas.push_back(std::move(*stanza));
        in_body_ = true;
        return {};
    }
    if (line.size() != mac_mark.size() + 1 + mac_characters || !line.starts_with(mac_mark) || line[mac_mark.size()] != ' ') {
        return Errc::header;
    }
    const auto mac = from_base64_raw(line.substr(mac_mark.size() + 1));
    if (!mac || mac->size() != header_.mac.size() || header_.stanzas.empty()) {  // the grammar says 1*stanza
        return Errc::header;
    }
    std::copy(mac->begin(), mac->end(), header_.mac.begin());
    done_ = true;
    return {};
}

Header HeaderParser::take() {
    ensure(done_, "a header is taken when it is whole");
    header_.raw = std::move(raw_);
    return std::move(header_);
}

std::string_view mac_input(const Header& header) {
    const std::size_t mac_line = mac_mark.size() + 1 + mac_characters + 1;
    ensure(header.raw.size() > mac_line, "a parsed header has a MAC line");
    return std::string_view(header.raw).substr(0, header.raw.size() - mac_line + mac_mark.size());
}

std::array<std::uint8_t, 32> header_mac(const FileKey& file_key, std::string_view input) {
    Secret<32> key;
    hkdf_sha256(file_key.expose(), {}, "header", key.expose_writable());
    return hmac_sha256(key.expose(), as_bytes(input)).bytes;
}

std::string format_stanza(const Stanza& stanza) {
    std::string text(stanza_mark);
    text += stanza.type;
    for (const std::string& argument : stanza.arguments) {
        text += ' ' + argument;
    }
    text += '\n';
    const std::string body = to_base64_raw(stanza.body);
    for (std::size_t at = 0; at < body.size(); at += columns) {
        text += body.substr(at, columns) + '\n';
    }
    if (body.size() % columns == 0) {
        text += '\n';  // the body must end in a line shorter than the others
    }
    return text;
}

}  // namespace crypto::age
