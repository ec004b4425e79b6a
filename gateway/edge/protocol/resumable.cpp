#include "gateway/edge/protocol/resumable.hpp"

#include "gateway/ascii.hpp"
#include "gateway/edge/limits.hpp"
#include "gateway/edge/protocol/rules.hpp"
#include "gateway/edge/protocol/tus.hpp"
#include "storage/edge/uploads.hpp"

#include <algorithm>

namespace gateway::edge::protocol::resumable {
namespace {

std::optional<std::uint64_t> integer_of(const http::Request& request, std::string_view name) {
    const auto text = request.header(name);
    return text ? parse_sf_integer(*text) : std::nullopt;
}

std::optional<bool> complete_of(const http::Request& request) {
    const auto text = request.header("upload-complete");
    return text ? parse_sf_boolean(*text) : std::nullopt;
}

// RFC 9530: the dictionary of a field, one line or several.
Answer<std::vector<Expected>> digests_of(const http::Request& request, std::string_view name) {
    std::vector<Expected> all;
    for (const auto& header : request.headers) {
        if (header.name != name) {
            continue;
        }
        auto some = parse_digests(header.value);
        if (!some) {
            return http::problems::bad_request;
        }
        all.insert(all.end(), std::make_move_iterator(some->begin()), std::make_move_iterator(some->end()));
    }
    return all;
}

http::Response interim(std::uint64_t interop) {
    auto response = http::empty(104);
    response.with("Upload-Draft-Interop-Version", std::to_string(interop));
    return response;
}

}  // namespace

Answer<std::vector<Expected>> parse_content_digest(const http::Request& request) {
    return digests_of(request, "content-digest");
}

Answer<std::string> parse_repr_digest(const http::Request& request) {
    const auto digests = digests_of(request, "repr-digest");
    if (digests.has_error()) {
        return digests.error();
    }
    std::string text;
    for (const auto& digest : *digests) {
        text += (text.empty() ? "" : ", ") + digest_text(digest);
    }
    return text;
}

Answer<First> parse_creation(const http::Request& request) {
    const auto complete = complete_of(request);
    auto content = parse_content_digest(request);
    auto repr = parse_repr_digest(request);
    First first;
    if (!complete || content.has_error() || repr.has_error() || !tus::read_metadata(request, first.creation)) {
        return http::problems::bad_request;
    }
    const auto body_bytes = request.content_length.value_or(0);
    first.creation.length = integer_of(request, "upload-length");
    first.creation.repr_digest = *std::move(repr);
    if (*complete && first.creation.length.value_or(body_bytes) != body_bytes) {
        return http::problems::inconsistent_length;
    }
    if (*complete) {
        first.creation.length = body_bytes;
    }
    if (first.creation.length && *first.creation.length < body_bytes) {
        return http::problems::inconsistent_length;
    }
    if (std::max(first.creation.length.value_or(0), body_bytes) > limits::file_bytes_max) {
        return http::problems::too_large;
    }
    first.body = first_append(How::resumable, body_bytes, *complete, *std::move(content));
    return first;
}

Answer<Append> parse_append(const http::Request& request) {
    if (!same_letters(request.header("content-type").value_or(""), media_type)) {
        return http::problems::unsupported_type;
    }
    const auto offset = integer_of(request, "upload-offset");
    const auto complete = complete_of(request);
    auto content = parse_content_digest(request);
    if (!offset || !complete || content.has_error()) {
        return http::problems::bad_request;
    }
    const auto length = integer_of(request, "upload-length");
    return Append{How::resumable, *offset, request.content_length.value_or(0), length, *complete, *std::move(content)};
}

std::string limit_text(const storage::edge::Upload& upload, std::uint64_t interop, policies::Instant now) {
    const auto most = upload.length_known ? limits::file_bytes_max : upload.size;
    const auto left = (expiry_of(upload).microseconds - now.microseconds) / policies::one_second;
    const std::string age = interop == 6 ? "expires" : "max-age";
    return "max-size=" + std::to_string(most) + ", " + age + "=" + std::to_string(std::max<std::int64_t>(left, 0));
}

void announce(http::Response& response) {
    response.with("Accept-Patch", std::string(media_type) + ", " + std::string(tus::media_type))
        .with("Upload-Limit", "max-size=" + std::to_string(limits::file_bytes_max));
}

void tell_state(http::Response& response, const storage::edge::Upload& upload, std::uint64_t interop, policies::Instant now) {
    response.with("Upload-Offset", std::to_string(upload.offset)).with("Upload-Complete", upload.complete ? "?1" : "?0");
    if (upload.length_known) {
        response.with("Upload-Length", std::to_string(upload.size));
    }
    response.with("Upload-Limit", limit_text(upload, interop, now));
}

http::Response here_it_is(const storage::edge::Upload& upload, const std::string& location, std::uint64_t interop, policies::Instant now) {
    auto response = interim(interop);
    response.with("Location", location).with("Upload-Limit", limit_text(upload, interop, now));
    return response;
}

http::Response so_far(std::uint64_t offset, std::uint64_t interop) {
    auto response = interim(interop);
    response.with("Upload-Offset", std::to_string(offset));
    return response;
}

}  // namespace gateway::edge::protocol::resumable
