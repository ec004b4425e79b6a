#include "gateway/http/head.hpp"

#include "gateway/ascii.hpp"
#include "gateway/limits.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>

#include <algorithm>

namespace gateway::http {

namespace beast = boost::beast;

std::optional<Request> parse_head(std::string_view block, const Vetted& vetted) {
    beast::http::request_parser<beast::http::empty_body> parser;
    parser.header_limit(static_cast<std::uint32_t>(limits::head_bytes));
    parser.body_limit(boost::none);  // the body never goes through Beast; its size is the route's business
    parser.eager(false);
    beast::error_code error;
    const auto used = parser.put(boost::asio::buffer(block.data(), block.size()), error);
    if (error == beast::http::error::need_more) {
        error = {};
    }
    if (error || used != block.size() || !parser.is_header_done() || parser.chunked()) {
        return std::nullopt;
    }
    const auto& message = parser.get();
    const auto length = parser.content_length();
    const bool length_agrees = length.has_value() == vetted.content_length.has_value() && (!length || *length == *vetted.content_length);
    const auto method = parse_method(vetted.method);
    if (!length_agrees || !method || message.method_string() != vetted.method || message.target() != vetted.target) {
        return std::nullopt;
    }
    Request request;
    request.method = *method;
    const auto question = std::min(vetted.target.find('?'), vetted.target.size());
    request.path = vetted.target.substr(0, question);
    request.query = vetted.target.substr(std::min(question + 1, vetted.target.size()));
    for (const auto& field : message) {
        request.headers.push_back({lower_case(field.name_string()), std::string(field.value())});
    }
    request.content_length = vetted.content_length;
    request.expects_continue = vetted.expects_continue;
    request.http_1_0 = vetted.http_1_0;
    return request;
}

}  // namespace gateway::http
