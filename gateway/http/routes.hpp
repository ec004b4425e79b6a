// A program's table of routes: method, pattern, who may call, handler. The server answers 404 and 405 (with Allow) from it, and
// OPTIONS where the table has none. A pattern is literal segments and {names}: "/api/v1/uploads/{id}"; a last "{path*}" takes the rest.
#pragma once

#include "gateway/http/exchange.hpp"
#include "gateway/http/problem.hpp"

namespace gateway::http {

// For the table of who may call what, which a test walks through. The check itself is the handler's first step.
enum class Caller { anyone, grant, core, staff };

using Handler = std::function<boost::asio::awaitable<Response>(Exchange&)>;

struct Route {
    Method method;
    std::string pattern;
    Caller caller;
    Handler handler;
    std::uint64_t body_bytes_max = 0;  // refused with 413 before a byte of it is read
    bool method_override = false;      // X-HTTP-Method-Override counts here, as tus wants it
    std::vector<Header> always = {};   // on every answer at this path, refusals of the server's own too
};

class Routes {
public:
    explicit Routes(std::vector<Route> routes);

    struct Match {
        const Route* route = nullptr;
        std::map<std::string, std::string, std::less<>> parameters;
        std::string allow;  // methods of the path, when the path is known
        const Route* path = nullptr;  // a route of this path, whatever its method
    };
    Match find(Method method, std::string_view path) const;
    const std::vector<Route>& all() const noexcept { return routes_; }

private:
    std::vector<Route> routes_;
};

}  // namespace gateway::http
