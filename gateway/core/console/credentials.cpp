#include "gateway/core/console/credentials.hpp"

#include "gateway/core/console/fields.hpp"
#include "storage/core/credentials.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace gateway::core::console {

namespace {

using namespace storage::core;
using json = nlohmann::json;

json types_of(const Credential& credential, const Request& request) {
    json types = json::array();
    for (const auto& item : request.items) {
        if (std::find(credential.items.begin(), credential.items.end(), item.id) != credential.items.end()) {
            types.push_back(item.type);
        }
    }
    return types;
}

json line_of(storage::Connection& connection, const Credential& credential, const Request& request, policies::Instant now) {
    const auto grant = Grants::find(connection, credential.id);
    const auto maker = Staff::find(connection, credential.made_by);
    return {
        {"id", credential.id.text()},
        {"label", credential.label},
        {"items", types_of(credential, request)},
        {"createdBy", maker ? json(maker->name) : json()},
        {"createdAt", credential.made_at.text()},
        {"expiresAt", (grant ? grant->expires_at : credential.valid_until).text()},
        {"state", policies::text_of(Credentials::state(connection, credential, now))},
    };
}

// The one time that the link is shown.
http::Response shown(const MadeCredential& done) {
    const auto until = done.expires_at.text();
    const json file = {{"v", 1}, {"link", done.link.expose_text()}, {"label", done.label}, {"expiresAt", until}};
    const json body = {{"id", done.id.text()}, {"label", done.label}, {"items", done.items}, {"expiresAt", until}, {"credential", file}};
    return made(body.dump());
}

}  // namespace

http::Response credentials(const Tools& tools, const Call& call) {
    const auto id = policies::RequestId::parse(call.id);
    if (!id) {
        return answer_not_found(call);
    }
    const auto now = tools.clock.now();
    const auto page = tools.database.read([&](storage::Connection& connection) -> storage::Result<std::string> {
        const auto request = Requests::find(connection, *id);
        const auto dossier = request ? Dossiers::find(connection, request->dossier) : std::nullopt;
        if (!dossier || dossier->handler != call.staff->id) {
            return storage::Errc::not_found;
        }
        json list = json::array();
        for (const auto& credential : Credentials::of_request(connection, *id)) {
            list.push_back(line_of(connection, credential, *request, now));
        }
        return list.dump();
    });
    return page.has_error() ? answer_error(page.error(), call) : http::json(200, *page);
}

http::Response make_credential(const Tools& tools, const Call& call) {
    Fields fields(call.body);
    const NewCredential wanted{fields.text("label"), fields.texts("items"), fields.instant("expiresAt")};
    const auto request = policies::RequestId::parse(call.id);
    if (!request) {
        return answer_not_found(call);
    }
    if (!fields.fault().empty()) {
        return answer_invalid(call, fields.fault());
    }
    const auto deed = tools.desk.make_credential(*call.staff, *request, wanted);
    return finish<MadeCredential>(tools, call, deed, shown);
}

http::Response rotate_credential(const Tools& tools, const Call& call) {
    Fields fields(call.body);
    const auto overlap_hours = fields.count("overlapHours");
    const auto credential = policies::GrantId::parse(call.id);
    if (!credential) {
        return answer_not_found(call);
    }
    if (!fields.fault().empty()) {
        return answer_invalid(call, fields.fault());
    }
    const auto deed = tools.desk.rotate_credential(*call.staff, *credential, overlap_hours);
    return finish<MadeCredential>(tools, call, deed, shown);
}

http::Response revoke_credential(const Tools& tools, const Call& call) {
    const auto credential = policies::GrantId::parse(call.id);
    if (!credential) {
        return answer_not_found(call);
    }
    const auto deed = tools.desk.revoke_credential(*call.staff, *credential);
    return finish<policies::GrantId>(tools, call, deed, [](const auto&) { return http::empty(204); });
}

}  // namespace gateway::core::console
