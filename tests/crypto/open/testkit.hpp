// One vector of C2SP/CCTV's age testkit: what it expects, and the file.
#pragma once

#include "crypto/encoding.hpp"
#include "tests/crypto/vectors.hpp"

#include <zlib.h>

#include <optional>

namespace tests {

struct AgeVector {
    std::string name;
    std::string expect;
    std::optional<std::string> payload;  // SHA-256 of what may be released
    std::vector<std::string> identities;
    std::vector<std::string> passphrases;
    std::optional<crypto::Bytes> file_key;
    bool armored = false;
    crypto::Bytes file;
};

inline crypto::Bytes inflate_all(crypto::ByteView compressed) {
    crypto::Bytes out;
    crypto::Bytes piece(64 * 1024);
    z_stream stream{};
    REQUIRE(inflateInit(&stream) == Z_OK);
    stream.next_in = const_cast<Bytef*>(compressed.data());
    stream.avail_in = static_cast<uInt>(compressed.size());
    int state = Z_OK;
    while (state == Z_OK) {
        stream.next_out = piece.data();
        stream.avail_out = static_cast<uInt>(piece.size());
        state = inflate(&stream, Z_NO_FLUSH);
        out.insert(out.end(), piece.begin(), piece.end() - static_cast<std::ptrdiff_t>(stream.avail_out));
    }
    inflateEnd(&stream);
    REQUIRE(state == Z_STREAM_END);
    return out;
}

inline AgeVector read_age_vector(const std::filesystem::path& path) {
    const std::string text = read_text(path);
    AgeVector vector;
    vector.name = path.filename();
    bool compressed = false;
    std::string_view rest = text;
    for (;;) {
        const std::size_t end = rest.find('\n');
        const std::string_view line = rest.substr(0, end);
        rest.remove_prefix(end + 1);
        if (line.empty()) {
            break;
        }
        const std::size_t colon = line.find(": ");
        REQUIRE(colon != std::string_view::npos);
        const std::string_view key = line.substr(0, colon);
        const std::string value(line.substr(colon + 2));
        if (key == "expect") {
            vector.expect = value;
        } else if (key == "payload") {
            vector.payload = value;
        } else if (key == "identity") {
            vector.identities.push_back(value);
        } else if (key == "passphrase") {
            vector.passphrases.push_back(value);
        } else if (key == "file key") {
            vector.file_key = crypto::from_hex(value).value();
        } else if (key == "armored") {
            vector.armored = value == "yes";
        } else if (key == "compressed") {
            compressed = value == "zlib";
        } else {
            REQUIRE(key == "comment");
        }
    }
    vector.file = compressed ? inflate_all(crypto::as_bytes(rest)) : crypto::Bytes(rest.begin(), rest.end());
    return vector;
}

}  // namespace tests
