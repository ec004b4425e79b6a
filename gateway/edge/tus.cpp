#include "gateway/edge/tus.hpp"

#include "crypto/encoding.hpp"
#include "gateway/edge/limits.hpp"

#include <limits>
#include <string>

namespace gateway::edge::tus {
namespace {

constexpr std::size_t metadata_bytes_max = 512;  // two ids in base64 and their keys fit in 200

// tus lets a value be missing; neither of our two may.
template <class Id>
std::optional<Id> parse_id(std::string_view base64) {
    const auto bytes = crypto::from_base64(base64);
    return bytes.has_value() ? Id::parse(crypto::as_text(*bytes)) : std::nullopt;
}

bool has_right_media_type(const http::Request& request) {
    const auto type = request.header("content-type");
    return type && *type == media_type;
}

}  // namespace

std::optional<std::uint64_t> parse_integer(std::string_view text) noexcept {
    constexpr auto max = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
    if (text.empty()) {
        return std::nullopt;
    }
    std::uint64_t value = 0;
    for (const char letter : text) {
        if (letter < '0' || letter > '9') {
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
    std::optional<policies::ItemId> item;
    std::optional<policies::GrantId> grant;
    for (bool more = true; more;) {
        const auto comma = text.find(',');
        const auto pair = text.substr(0, comma);
        more = comma != std::string_view::npos;
        text.remove_prefix(more ? comma + 1 : text.size());
        const auto space = pair.find(' ');
        if (space == std::string_view::npos) {
            return std::nullopt;
        }
        const auto key = pair.substr(0, space);
        const auto value = pair.substr(space + 1);
        if (key == "item" && !item) {
            item = parse_id<policies::ItemId>(value);
            if (!item) {
                return std::nullopt;
            }
        } else if (key == "grant" && !grant) {
            grant = parse_id<policies::GrantId>(value);
            if (!grant) {
                return std::nullopt;
            }
        } else {
            return std::nullopt;  // there twice, or a field that we would not keep: better said than dropped
        }
    }
    if (!item) {
        return std::nullopt;
    }
    return Metadata{*std::move(item), std::move(grant)};
}

bool speaks(const http::Request& request) noexcept {
    return request.header("tus-resumable") == version;
}

Answer<Creation> parse_creation(const http::Request& request) {
    if (request.count("upload-defer-length") != 0 || request.count("upload-concat") != 0) {
        return http::problems::bad_request;  // extensions that we do not announce
    }
    const auto length_text = request.header("upload-length");
    const auto length = length_text ? parse_integer(*length_text) : std::nullopt;
    const auto metadata_text = request.header("upload-metadata");
    auto metadata = metadata_text ? parse_metadata(*metadata_text) : std::nullopt;
    if (!length || !metadata) {
        return http::problems::bad_request;
    }
    if (*length > limits::file_bytes_max) {
        return http::problems::too_large;
    }
    if (*length < limits::file_bytes_min) {
        return http::problems::not_encrypted;
    }
    const auto bytes_now = request.content_length.value_or(0);
    if (bytes_now != 0 && !has_right_media_type(request)) {
        return http::problems::unsupported_type;
    }
    if (bytes_now > *length) {
        return http::problems::too_large;
    }
    return Creation{*length, *std::move(metadata), std::string(*metadata_text)};
}

Answer<std::uint64_t> parse_append(const http::Request& request) {
    if (!has_right_media_type(request)) {
        return http::problems::unsupported_type;
    }
    const auto text = request.header("upload-offset");
    const auto offset = text ? parse_integer(*text) : std::nullopt;
    if (!offset) {
        return http::problems::bad_request;
    }
    return {boost::system::in_place_value, *offset};
}

http::Response answered(http::Response response) {
    response.with("Tus-Resumable", std::string(version));
    return response;
}

http::Response unsupported(http::Response response) {
    response.with("Tus-Version", std::string(version));
    return answered(std::move(response));
}

http::Response options() {
    auto response = http::empty(204);
    response.with("Tus-Version", std::string(version))
        .with("Tus-Extension", std::string(extensions))
        .with("Tus-Max-Size", std::to_string(limits::file_bytes_max));
    return answered(std::move(response));
}

}  // namespace gateway::edge::tus
