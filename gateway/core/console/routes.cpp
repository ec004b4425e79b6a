#include "gateway/core/console/routes.hpp"

#include "gateway/core/console/acts.hpp"
#include "gateway/core/console/credentials.hpp"
#include "gateway/core/console/pages.hpp"
#include "gateway/core/console/session.hpp"

#include <algorithm>

namespace gateway::core::console {

namespace {

using boost::asio::awaitable;
using http::Caller;
using http::Method;
using policies::Role;

const std::vector<Role> handlers{Role::handler};
const std::vector<Role> dossier_readers{Role::handler, Role::advising_doctor, Role::dpo};
const std::vector<Role> content_readers{Role::handler, Role::advising_doctor};
const std::vector<Role> every_role{};
constexpr std::size_t sign_ins_waiting_max = 32;  // about a second of work

bool has_a_role(const storage::core::StaffMember& staff, const std::vector<Role>& allowed) {
    return allowed.empty() || std::any_of(allowed.begin(), allowed.end(), [&](Role role) { return staff.is(role); });
}

// A page of another site can send a form, but neither this content type nor this header value.
bool comes_from_our_page(const http::Request& request) {
    if (request.method == Method::get || request.method == Method::head) {
        return true;
    }
    const auto site = request.header("sec-fetch-site");
    if (request.count("sec-fetch-site") > 0 && (!site || *site != "same-origin")) {
        return false;
    }
    const auto type = request.header("content-type");
    return type && (*type == "application/json" || type->starts_with("application/json;"));
}

http::Response run(const Tools& tools, const ConsoleRoute& route, Call& call) {
    if (route.caller != Caller::staff) {
        return route.work(tools, call);
    }
    if (!call.session) {
        return http::problem(http::problems::unauthorized, call.language);
    }
    auto staff = resume(tools, *call.session);
    if (staff.has_error()) {
        return staff.error() == storage::Errc::not_found ? http::problem(http::problems::unauthorized, call.language)
                                                         : answer_error(staff.error(), call);
    }
    call.staff = std::move(*staff);
    return has_a_role(*call.staff, route.allowed) ? route.work(tools, call) : answer_not_found(call);
}

awaitable<http::Response> serve(const Tools& tools, const ConsoleRoute& route, http::Exchange& exchange) {
    const auto& request = exchange.request();
    Call call;
    call.session = session_of(request);
    call.language = std::string(request.header("accept-language").value_or(""));
    call.id = exchange.parameter("id");
    if (request.method == Method::head) {  // no page asks so; the head of a document would be logged as read
        co_return http::problem(http::problems::method_not_allowed, call.language);
    }
    if (!comes_from_our_page(request)) {
        co_return http::problem(http::problems::forbidden, call.language);
    }
    if (request.content_length.value_or(0) > 0) {
        call.body = co_await exchange.read_all(body_bytes_max);
        if (exchange.body_error() != http::BodyError::none) {
            co_return http::problem(http::problems::bad_request, call.language);
        }
    }
    auto job = [&tools, &route, &call] { return run(tools, route, call); };
    const bool signs_in = route.work == sign_in;
    if (signs_in && tools.sign_ins.waiting >= sign_ins_waiting_max) {
        co_return http::problem(http::problems::unavailable, call.language);
    }
    tools.sign_ins.waiting += signs_in ? 1U : 0U;
    auto response = co_await offload(signs_in ? tools.sign_ins.pool : tools.pool, std::move(job));
    tools.sign_ins.waiting -= signs_in ? 1U : 0U;
    co_return response;
}

}  // namespace

const std::vector<ConsoleRoute>& console_table() {
    static const std::vector<ConsoleRoute> table{
        {Method::post, "/api/v1/session", Caller::anyone, every_role, sign_in},
        {Method::get, "/api/v1/session", Caller::staff, every_role, who_am_i},
        {Method::delete_, "/api/v1/session", Caller::staff, every_role, sign_out},
        {Method::get, "/api/v1/case-types", Caller::staff, every_role, case_types},
        {Method::get, "/api/v1/dossiers", Caller::staff, dossier_readers, dossiers},
        {Method::post, "/api/v1/dossiers", Caller::staff, handlers, open_dossier},
        {Method::get, "/api/v1/dossiers/{id}", Caller::staff, dossier_readers, dossier},
        {Method::post, "/api/v1/dossiers/{id}/parties", Caller::staff, handlers, add_party},
        {Method::post, "/api/v1/dossiers/{id}/consents", Caller::staff, handlers, register_consent},
        {Method::post, "/api/v1/consents/{id}/withdraw", Caller::staff, handlers, withdraw_consent},
        {Method::post, "/api/v1/dossiers/{id}/requests", Caller::staff, handlers, make_request},
        {Method::get, "/api/v1/requests/{id}/credentials", Caller::staff, handlers, credentials},
        {Method::post, "/api/v1/requests/{id}/credentials", Caller::staff, handlers, make_credential},
        {Method::post, "/api/v1/credentials/{id}/rotation", Caller::staff, handlers, rotate_credential},
        {Method::delete_, "/api/v1/credentials/{id}", Caller::staff, handlers, revoke_credential},
        {Method::post, "/api/v1/grants/{id}/machines", Caller::staff, handlers, add_machine},
        {Method::delete_, "/api/v1/grants/{id}/machines", Caller::staff, handlers, remove_machine},
        {Method::get, "/api/v1/inbox", Caller::staff, every_role, inbox},
        {Method::post, "/api/v1/inbox/{id}/done", Caller::staff, every_role, notice_done},
        {Method::get, "/api/v1/documents/{id}/content", Caller::staff, content_readers, content},
        {Method::post, "/api/v1/documents/{id}/releases", Caller::staff, content_readers, release_document},
        {Method::delete_, "/api/v1/releases/{id}", Caller::staff, content_readers, withdraw_release},
    };
    return table;
}

std::vector<http::Route> console_routes(const Tools& tools) {
    std::vector<http::Route> routes;
    for (const auto& entry : console_table()) {
        http::Route route;
        route.method = entry.method;
        route.pattern = std::string(entry.pattern);
        route.caller = entry.caller;
        // Not itself a coroutine: what it refers to lives as long as the program.
        route.handler = [&tools, &entry](http::Exchange& exchange) { return serve(tools, entry, exchange); };
        route.body_bytes_max = entry.method == Method::get ? 0 : body_bytes_max;
        routes.push_back(std::move(route));
    }
    return routes;
}

}  // namespace gateway::core::console
