#include "gateway/http/response.hpp"

namespace gateway::http {

Response& Response::with(std::string name, std::string value) {
    headers.push_back({std::move(name), std::move(value)});
    return *this;
}

Response empty(int status) {
    Response response;
    response.status = status;
    return response;
}

Response json(int status, std::string body) {
    Response response;
    response.status = status;
    response.body = std::move(body);
    response.with("Content-Type", "application/json");
    return response;
}

Response text(int status, std::string body) {
    Response response;
    response.status = status;
    response.body = std::move(body);
    response.with("Content-Type", "text/plain; charset=utf-8");
    return response;
}

}  // namespace gateway::http
