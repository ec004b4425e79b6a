#include "gateway/client/message.hpp"

#include "crypto/encoding.hpp"
#include "gateway/ascii.hpp"

#include <algorithm>

namespace gateway::client {
namespace {

constexpr std::size_t address_bytes_max = 254;  // RFC 5321 section 4.5.3.1.3, without the brackets
constexpr std::size_t line_bytes = 76;          // RFC 2045 section 6.7
constexpr std::size_t word_bytes = 39;          // of UTF-8 in one encoded word: "Subject: ", 12 of frame and 52 of base64 stay below 76

bool is_printable(char byte) {
    return byte >= 0x20 && byte < 0x7f;
}

bool has_no_control(std::string_view text) {
    return std::none_of(text.begin(), text.end(), [](char byte) { return (byte >= 0 && byte < 0x20) || byte == 0x7f; });
}

bool is_ascii_line(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), is_printable);
}

// RFC 2047: pieces end between characters, each piece is a word of its own on its own folded line.
std::string encoded_words(std::string_view text) {
    std::string words;
    while (!text.empty()) {
        auto size = std::min(word_bytes, text.size());
        while (size > 1 && size < text.size() && (static_cast<unsigned char>(text[size]) & 0xc0) == 0x80) {
            --size;
        }
        words += (words.empty() ? "=?UTF-8?B?" : "\r\n =?UTF-8?B?") + crypto::to_base64(crypto::as_bytes(text.substr(0, size))) + "?=";
        text.remove_prefix(size);
    }
    return words;
}

// "=?" in a plain subject would be read as an encoded word, so it is encoded too.
std::string header_text(std::string_view text) {
    if (std::all_of(text.begin(), text.end(), is_printable) && text.find("=?") == std::string_view::npos &&
        text.size() <= line_bytes - 10) {
        return std::string(text);
    }
    return encoded_words(text);
}

// RFC 5322 section 3.4: a display name of plain words as it is, any other as encoded words, in which nothing can be mistaken for syntax.
std::string mailbox(const Sender& sender) {
    if (sender.name.empty()) {
        return std::string(sender.address);
    }
    const bool plain = sender.name.size() <= word_bytes &&
                       std::ranges::all_of(sender.name, [](char byte) { return is_letter(byte) || is_digit(byte) || byte == ' '; });
    return (plain ? std::string(sender.name) : encoded_words(sender.name)) + " <" + std::string(sender.address) + ">";
}

// RFC 2045 section 6.7: readable as it stands in a mail folder. Lines end in CRLF, long ones break softly.
std::string quoted_printable(std::string_view text) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string encoded;
    std::size_t column = 0;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const char byte = text[at];
        if (byte == '\n' || (byte == '\r' && at + 1 < text.size() && text[at + 1] == '\n')) {
            encoded += byte == '\n' ? "\r\n" : "";
            column = 0;
            continue;
        }
        const bool ends_line = at + 1 == text.size() || text[at + 1] == '\n' || text[at + 1] == '\r';
        const bool literal = is_printable(byte) && byte != '=' && !(byte == ' ' && ends_line);
        const std::size_t width = literal ? 1 : 3;
        if (column + width >= line_bytes) {
            encoded += "=\r\n";
            column = 0;
        }
        if (literal) {
            encoded += byte;
        } else {
            const auto value = static_cast<unsigned char>(byte);
            encoded += {'=', digits[value >> 4U], digits[value & 15U]};
        }
        column += width;
    }
    return encoded;
}

}  // namespace

bool is_address(std::string_view text) {
    const auto at = text.find('@');
    const auto good = [](char byte) {
        return is_letter(byte) || is_digit(byte) || std::string_view("!#$%&'*+-/=?^_`{|}~.").find(byte) != std::string_view::npos;
    };
    return text.size() <= address_bytes_max && at != std::string_view::npos && at > 0 && at + 1 < text.size() &&
           std::all_of(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(at), good) &&
           std::all_of(text.begin() + static_cast<std::ptrdiff_t>(at) + 1, text.end(), good);
}

crypto::Result<std::string> message_of(const Sender& sender, const Mail& mail) {
    const bool named = mail.message_id.size() > 2 && mail.message_id.front() == '<' && mail.message_id.back() == '>';
    const bool clean = is_address(sender.address) && has_no_control(sender.name) && is_address(mail.to) && has_no_control(mail.subject) &&
                       named && is_ascii_line(mail.message_id) && is_ascii_line(mail.date);
    if (!clean) {
        return make_error_code(Errc::smtp);
    }
    std::string message;
    const auto add = [&](std::string_view name, std::string_view value) { message.append(name).append(": ").append(value).append("\r\n"); };
    add("Date", mail.date);
    add("From", mailbox(sender));
    add("To", mail.to);
    add("Message-ID", mail.message_id);
    add("Subject", header_text(mail.subject));
    add("Auto-Submitted", "auto-generated");  // RFC 3834: no holiday notice answers it
    add("MIME-Version", "1.0");
    add("Content-Type", "text/plain; charset=utf-8");
    add("Content-Transfer-Encoding", "quoted-printable");
    const std::string text = sender.name.empty() ? mail.text : mail.text + "\n" + std::string(sender.name) + "\n";
    message += "\r\n" + quoted_printable(text) + (text.ends_with('\n') ? "" : "=\r\n");
    return message;
}

}  // namespace gateway::client
