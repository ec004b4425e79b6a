#include "gateway/edge/protocol/tus.hpp"

#include "crypto/encoding.hpp"
#include "gateway/ascii.hpp"
#include "gateway/edge/limits.hpp"
#include "gateway/http/date.hpp"
#include "storage/edge/uploads.hpp"

#include <algorithm>
#include <limits>
#include <string>

namespace gateway::edge::protocol::tus {
namespace {

constexpr std::size_t metadata_bytes_max = 2048;  // ours is 60; a foreign client names the file's name and type

template <class Id>
std::optional<Id> parse_id(crypto::ByteView text) {
    return Id::parse(crypto::as_text(text));
}

bool is_metadata_key(std::string_view key) {
    return !key.empty() && std::all_of(key.begin(), key.end(), [](char letter) { return letter > ' ' && letter < 0x7f && letter != ','; });
}

bool has_right_media_type(const http::Request& request) {
    const auto type = request.header("content-type");
    return type && same_letters(*type, media_type);
}

// Upload-Length of a request that may leave it out.
Answer<std::optional<std::uint64_t>> parse_length(const http::Request& request) {
    using Length = std::optional<std::uint64_t>;
    if (request.count("upload-length") == 0) {
        return Length();
    }
    const auto text = request.header("upload-length");
    const auto length = text ? parse_integer(*text) : std::nullopt;
    if (!length) {
        return http::problems::bad_request;
    }
    return *length > limits::file_bytes_max ? Answer<Length>(http::problems::too_large) : Answer<Length>(Length(length));
}

}  // namespace

std::optional<std::uint64_t> parse_integer(std::string_view text) noexcept {
    constexpr auto max = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
    if (text.empty()) {
        return std::nullopt;
    }
    std::uint64_t value = 0;
    for (const char letter : text) {
        if (!is_digit(letter)) {
            return std::nullopt;
        }
        const auto digit = static_cast<std::uint64_t>(letter - '0');
        if (value > (max - digit) / 10) {
            return std::nullopt;
        }
        value = value * 10 + digit;
    }
    return value;
}

std::optional<Metadata> parse_metadata(std::string_view text) {
    if (text.size() > metadata_bytes_max) {
        return std::nullopt;
    }
    Metadata metadata;
    std::vector<std::string_view> keys;
    for (bool more = true; more;) {
        const auto comma = text.find(',');
        const auto pair = trimmed(text.substr(0, comma));
        more = comma != std::string_view::npos;
        text.remove_prefix(more ? comma + 1 : text.size());
        const auto key = pair.substr(0, pair.find(' '));
        const auto value = crypto::from_base64(pair.substr(std::min(key.size() + 1, pair.size())));
        if (!is_metadata_key(key) || value.has_error() || std::find(keys.begin(), keys.end(), key) != keys.end()) {
            return std::nullopt;
        }
        keys.push_back(key);
        if (key == "item") {
            metadata.item = parse_id<policies::ItemId>(*value);
        } else if (key == "grant") {
            metadata.grant = parse_id<policies::GrantId>(*value);
        }
        if ((key == "item" && !metadata.item) || (key == "grant" && !metadata.grant)) {
            return std::nullopt;
        }
    }
    return metadata;
}

bool read_metadata(const http::Request& request, Creation& creation) {
    if (request.count("upload-metadata") == 0) {
        return true;
    }
    const auto text = request.header("upload-metadata");
    const auto metadata = text ? parse_metadata(*text) : std::nullopt;
    if (!metadata) {
        return false;
    }
    creation.metadata = *text;
    creation.item = metadata->item;
    creation.grant = metadata->grant;
    return true;
}

Answer<Creation> parse_creation(const http::Request& request) {
    const bool deferred = request.count("upload-defer-length") != 0;
    if (request.count("upload-concat") != 0 || (deferred && request.header("upload-defer-length") != "1")) {
        return http::problems::bad_request;
    }
    Creation creation;
    const auto length = parse_length(request);
    if (length.has_error()) {
        return length.error();
    }
    if (length->has_value() == deferred || !read_metadata(request, creation)) {
        return http::problems::bad_request;
    }
    creation.length = *length;
    const auto bytes_now = request.content_length.value_or(0);
    if (bytes_now != 0 && !has_right_media_type(request)) {
        return http::problems::unsupported_type;
    }
    return bytes_now > length->value_or(limits::file_bytes_max) ? Answer<Creation>(http::problems::too_large)
                                                                : Answer<Creation>(std::move(creation));
}

Answer<Append> parse_append(const http::Request& request) {
    if (!has_right_media_type(request)) {
        return http::problems::unsupported_type;
    }
    const auto text = request.header("upload-offset");
    const auto offset = text ? parse_integer(*text) : std::nullopt;
    const auto length = parse_length(request);
    if (length.has_error()) {
        return length.error();
    }
    auto checksum = parse_checksum(request);
    if (checksum.has_error()) {
        return checksum.error();
    }
    if (!offset) {
        return http::problems::bad_request;
    }
    return Append{How::tus, *offset, request.content_length.value_or(0), *length, false, *std::move(checksum)};
}

Answer<std::vector<Expected>> parse_checksum(const http::Request& request) {
    if (request.count("upload-checksum") == 0) {
        return std::vector<Expected>();
    }
    const auto text = request.header("upload-checksum").value_or("");
    const auto name = text.substr(0, text.find(' '));
    auto value = crypto::from_base64(text.substr(std::min(name.size() + 1, text.size())));
    const std::pair<std::string_view, crypto::ChecksumAlgorithm> known[] = {
        {"sha1", crypto::ChecksumAlgorithm::sha1},
        {"sha256", crypto::ChecksumAlgorithm::sha256},
        {"sha512", crypto::ChecksumAlgorithm::sha512},
    };
    for (const auto& [own_name, algorithm] : known) {
        if (name == own_name && value.has_value() && value->size() == crypto::checksum_bytes(algorithm)) {
            return std::vector<Expected>{{algorithm, *std::move(value)}};
        }
    }
    return http::problems::bad_request;
}

void announce(http::Response& response) {
    response.with("Tus-Version", std::string(version))
        .with("Tus-Extension", std::string(extensions))
        .with("Tus-Max-Size", std::to_string(limits::file_bytes_max))
        .with("Tus-Checksum-Algorithm", std::string(checksum_algorithms));
}

void tell_state(http::Response& response, const storage::edge::Upload& upload) {
    if (upload.length_known) {
        response.with("Upload-Length", std::to_string(upload.size));
    } else {
        response.with("Upload-Defer-Length", "1");
    }
    if (!upload.metadata.empty()) {
        response.with("Upload-Metadata", upload.metadata);
    }
    tell_offset(response, upload);
}

void tell_offset(http::Response& response, const storage::edge::Upload& upload) {
    response.with("Upload-Offset", std::to_string(upload.offset));
    if (!upload.complete && upload.state == storage::edge::UploadState::receiving) {
        response.with("Upload-Expires", http::http_date(expiry_of(upload)));
    }
}

}  // namespace gateway::edge::protocol::tus
