// The header of an age file (C2SP age v1): version line, stanzas, MAC line. The parser takes bytes in any pieces and keeps the raw
// bytes, since the MAC is over those. It believes nothing and holds at most `header_bytes_max`. Errors: header, limit.
#pragma once

#include "crypto/bytes.hpp"
#include "crypto/result.hpp"
#include "crypto/secret.hpp"

#include <array>

namespace crypto::age {

constexpr std::size_t header_bytes_max = 128 * 1024;
constexpr std::size_t stanzas_max = 64;
constexpr std::size_t arguments_max = 16;

using FileKey = Secret<16>;

struct Stanza {
    std::string type;
    std::vector<std::string> arguments;
    Bytes body;
};

struct Header {
    std::vector<Stanza> stanzas;
    std::array<std::uint8_t, 32> mac{};
    std::string raw;  // the exact bytes, from "age-encryption.org/v1" through the newline after the MAC
};

class HeaderParser {
public:
    enum class State { need_more, done };

    // Takes bytes until the header ends; `used` says how many of `bytes` belonged to it. After an error the parser only dies.
    struct Fed {
        State state = State::need_more;
        std::size_t used = 0;
    };
    Result<Fed> feed(ByteView bytes);
    Header take();  // after State::done, once

private:
    Result<void> line_ended();
    std::string raw_;
    std::size_t line_start_ = 0;
    Header header_;
    bool in_body_ = false;
    bool done_ = false;
};

// The bytes the MAC covers: everything up to and including "---".
std::string_view mac_input(const Header& header);
std::array<std::uint8_t, 32> header_mac(const FileKey& file_key, std::string_view input);
std::string format_stanza(const Stanza& stanza);

}  // namespace crypto::age
