#include "gateway/http/routes.hpp"

#include "crypto/ensure.hpp"

#include <algorithm>

namespace gateway::http {
namespace {

std::string_view take_segment(std::string_view& path) {
    path.remove_prefix(1);  // the '/'
    const auto end = std::min(path.find('/'), path.size());
    const auto segment = path.substr(0, end);
    path.remove_prefix(end);
    return segment;
}

bool is_name(std::string_view segment) {
    return segment.size() > 2 && segment.front() == '{' && segment.back() == '}';
}

using Parameters = std::map<std::string, std::string, std::less<>>;

// A name matches one segment that is not empty; "{name*}" matches the rest, which is not empty either.
std::optional<Parameters> match(std::string_view pattern, std::string_view path) {
    Parameters parameters;
    while (!pattern.empty() && !path.empty()) {
        const auto rest = path.substr(1);
        const auto wanted = take_segment(pattern);
        if (is_name(wanted) && wanted[wanted.size() - 2] == '*') {
            if (rest.empty()) {
                return std::nullopt;
            }
            parameters.emplace(wanted.substr(1, wanted.size() - 3), rest);
            return parameters;
        }
        const auto given = take_segment(path);
        if (is_name(wanted)) {
            if (given.empty()) {
                return std::nullopt;
            }
            parameters.emplace(wanted.substr(1, wanted.size() - 2), given);
        } else if (given != wanted) {
            return std::nullopt;
        }
    }
    return pattern.empty() && path.empty() ? std::optional(std::move(parameters)) : std::nullopt;
}

// A GET route answers HEAD too, and every known path answers OPTIONS (RFC 9110 sections 9.3.2 and 9.3.7).
bool answers(const std::vector<const Route*>& here, Method method) {
    const auto has = [&](Method one) {
        return std::any_of(here.begin(), here.end(), [&](const Route* route) { return route->method == one; });
    };
    return has(method) || method == Method::options || (method == Method::head && has(Method::get));
}

}  // namespace

Routes::Routes(std::vector<Route> routes) : routes_(std::move(routes)) {
    for (const auto& route : routes_) {
        crypto::ensure(route.pattern.starts_with('/'), "a route's pattern starts with a slash");
        crypto::ensure(static_cast<bool>(route.handler), "a route has a handler");
        const auto star = route.pattern.find("*}");
        crypto::ensure(star == std::string::npos || star + 2 == route.pattern.size(), "only a pattern's last name takes the rest");
    }
}

Routes::Match Routes::find(Method method, std::string_view path) const {
    Match found;
    if (!path.starts_with('/')) {
        return found;
    }
    std::vector<const Route*> here;
    const Route* exact = nullptr;
    const Route* as_get = nullptr;
    for (const auto& route : routes_) {
        auto parameters = match(route.pattern, path);
        if (!parameters) {
            continue;
        }
        here.push_back(&route);
        found.path = here.front();
        if (route.method == method && exact == nullptr) {
            exact = &route;
            found.parameters = std::move(*parameters);
        } else if (method == Method::head && route.method == Method::get && exact == nullptr && as_get == nullptr) {
            as_get = &route;
            found.parameters = std::move(*parameters);
        }
    }
    found.route = exact != nullptr ? exact : as_get;
    for (const auto one : all_methods) {
        if (!here.empty() && answers(here, one)) {
            found.allow += (found.allow.empty() ? "" : ", ") + std::string(method_name(one));
        }
    }
    return found;
}

}  // namespace gateway::http
