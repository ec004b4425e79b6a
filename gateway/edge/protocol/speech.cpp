#include "gateway/edge/protocol/speech.hpp"

#include "gateway/edge/protocol/resumable.hpp"
#include "gateway/edge/protocol/tus.hpp"

namespace gateway::edge::protocol {

using http::Response;
using storage::edge::Protocol;
using storage::edge::Upload;

Heard listen(const http::Request& request) noexcept {
    if (request.count("tus-resumable") != 0) {
        return {request.header("tus-resumable") == tus::version ? Said::tus : Said::unsupported, {Protocol::tus, {}}};
    }
    const auto text = request.header("upload-draft-interop-version");
    auto interop = text ? parse_sf_integer(*text) : std::nullopt;
    if (interop != 6U && interop != 8U) {
        interop.reset();
    }
    if (interop || request.count("upload-complete") != 0) {
        return {Said::resumable, {Protocol::resumable, interop}};
    }
    return {};
}

std::string location_of(const policies::UploadId& id) {
    return "/api/v1/uploads/" + id.text();
}

Response unsupported(const http::Exchange& exchange) {
    auto response = refuse(exchange, http::problems::unsupported_version);
    response.with("Tus-Version", std::string(tus::version));
    return response;
}

Response refused(const http::Exchange& exchange, const http::Problem& problem, const Upload* upload) {
    const bool elsewhere = upload != nullptr && problem.type == http::problems::offset_mismatch.type;
    if (!elsewhere) {
        return refuse(exchange, problem);
    }
    const auto language = exchange.request().header("accept-language").value_or("");
    const auto text = exchange.request().header("upload-offset");
    const auto provided = text ? tus::parse_integer(*text) : std::nullopt;
    auto response = http::problem(problem, language, {}, {{"expected-offset", upload->offset}, {"provided-offset", provided.value_or(0)}});
    response.with("Upload-Offset", std::to_string(upload->offset)).with("Upload-Complete", upload->complete ? "?1" : "?0");
    return response;
}

Response created(const Speech& speech, const Upload& upload, policies::Instant now) {
    auto response = http::empty(201);
    response.with("Location", location_of(upload.id));
    if (speech.protocol == Protocol::tus) {
        tus::tell_offset(response, upload);
    } else {
        resumable::tell_state(response, upload, speech.interop.value_or(0), now);
    }
    return response;
}

Response appended(const Speech& speech, const Upload& upload, policies::Instant now) {
    if (speech.protocol == Protocol::resumable && upload.complete) {
        return created(speech, upload, now);  // what the creation would have been answered
    }
    auto response = http::empty(204);
    if (speech.protocol == Protocol::tus) {
        tus::tell_offset(response, upload);
    } else {
        resumable::tell_state(response, upload, speech.interop.value_or(0), now);
    }
    return response;
}

Response state(const Speech& speech, const Upload& upload, policies::Instant now) {
    auto response = http::empty(speech.protocol == Protocol::tus ? 200 : 204);
    if (speech.protocol == Protocol::tus) {
        tus::tell_state(response, upload);
    } else {
        resumable::tell_state(response, upload, speech.interop.value_or(0), now);
    }
    return response;
}

Response options() {
    auto response = http::empty(204);
    tus::announce(response);
    resumable::announce(response);
    return response;
}

}  // namespace gateway::edge::protocol
