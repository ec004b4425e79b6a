#include "gateway/core/console/session.hpp"

#include "crypto/encoding.hpp"
#include "crypto/password.hpp"
#include "gateway/log.hpp"
#include "storage/core/audit.hpp"
#include "storage/core/sessions.hpp"

#include <nlohmann/json.hpp>

namespace gateway::core::console {

namespace {

using json = nlohmann::json;
using storage::core::Logins;
using storage::core::Sessions;
using storage::core::Staff;
using storage::core::StaffMember;

constexpr std::size_t token_bytes = 32;

std::string account_json(const StaffMember& staff) {
    json roles = json::array();
    for (const auto role : staff.roles) {
        roles.push_back(policies::text_of(role));
    }
    return json{{"user", staff.user}, {"name", staff.name}, {"roles", roles}}.dump();
}

std::string cookie(std::string_view token, std::int64_t seconds) {
    return std::string(session_cookie) + "=" + std::string(token) +
           "; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=" + std::to_string(seconds);
}

struct Credentials {
    std::string user;
    std::string password;
};

Credentials read_credentials(const std::string& body) {
    const json root = json::parse(body, nullptr, false);
    const auto text = [&](const char* name, std::size_t max) {
        const bool there = root.is_object() && root.contains(name) && root.at(name).is_string();
        std::string value = there ? root.at(name).get<std::string>() : std::string();
        return value.size() <= max ? value : std::string();
    };
    Credentials found{text("user", user_max), text("password", password_max)};
    for (auto& letter : found.user) {
        letter = letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
    }
    return found;
}

struct Account {
    bool may_try = false;
    std::optional<StaffMember> member;
    std::optional<std::string> hash;
};

// The try counts as failed before the password is looked at: a hundred at the same moment are a hundred, not one.
storage::Result<Account> begin_try(const Tools& tools, const std::string& user, policies::Instant now) {
    return tools.database.commit([&](storage::Connection& connection) -> storage::Result<Account> {
        if (!Logins::may_try(connection, user, now)) {
            return Account();
        }
        Logins::failed(connection, user, now);
        return Account{true, Staff::find_user(connection, user), Staff::password_hash(connection, user)};
    });
}

storage::Result<void>
open_session(const Tools& tools, const StaffMember& member, const crypto::Digest& session, const Call& call, policies::Instant now) {
    return tools.database.commit([&](storage::Connection& connection) -> storage::Result<void> {
        if (call.session) {
            Sessions::close(connection, *call.session);
        }
        Logins::succeeded(connection, member.user);
        Sessions::open(connection, session, member.id, now);
        storage::core::record(connection, tools.audit, {"staff.signed-in", {{"staff", member.id.text()}}, {}}, now);
        return {};
    });
}

}  // namespace

std::optional<crypto::Digest> session_of(const http::Request& request) {
    const auto value = request.cookie(session_cookie);
    if (!value) {
        return std::nullopt;
    }
    const auto token = crypto::from_base64url(*value);
    if (token.has_error() || token->size() != token_bytes) {
        return std::nullopt;
    }
    return crypto::sha256(*token);
}

storage::Result<StaffMember> resume(const Tools& tools, const crypto::Digest& session) {
    const auto now = tools.clock.now();
    auto found = tools.database.read([&](storage::Connection& connection) -> storage::Result<Sessions::Found> {
        auto known = Sessions::find(connection, session, now);
        if (!known) {
            return storage::Errc::not_found;
        }
        return std::move(*known);
    });
    if (found.has_error()) {
        return found.error();
    }
    if (found->touch) {
        const auto noted = tools.database.commit([&](storage::Connection& connection) -> storage::Result<void> {
            Sessions::seen(connection, session, now);
            return {};
        });
        if (noted.has_error()) {
            return noted.error();
        }
    }
    return std::move(found->member);
}

http::Response sign_in(const Tools& tools, const Call& call) {
    const auto now = tools.clock.now();
    auto credentials = read_credentials(call.body);
    auto account = begin_try(tools, credentials.user, now);
    if (account.has_error()) {
        return answer_error(account.error(), call);
    }
    if (!account->may_try) {
        return http::problem(http::problems::too_many, call.language);
    }
    // Always the same work: an unknown user is checked against the decoy, and whatever that says is not believed.
    const bool fits = crypto::verify_password(account->hash.value_or(tools.decoy_hash), crypto::as_bytes(credentials.password));
    crypto::wipe({reinterpret_cast<std::uint8_t*>(credentials.password.data()), credentials.password.size()});
    if (!fits || !account->hash || !account->member) {
        log_event("console.sign-in-refused");
        return http::problem(http::problems::unauthorized, call.language);
    }
    const auto token = tools.random.secret<token_bytes>();
    const auto opened = open_session(tools, *account->member, crypto::sha256(token.expose()), call, now);
    if (opened.has_error()) {
        return answer_error(opened.error(), call);
    }
    auto answer = http::json(200, account_json(*account->member));
    answer.with("Set-Cookie", cookie(crypto::to_base64url(token.expose()), storage::core::session_life / policies::one_second));
    return answer;
}

http::Response who_am_i(const Tools&, const Call& call) {
    return http::json(200, account_json(*call.staff));
}

http::Response sign_out(const Tools& tools, const Call& call) {
    const auto closed = tools.database.commit([&](storage::Connection& connection) -> storage::Result<void> {
        Sessions::close(connection, *call.session);
        return {};
    });
    if (closed.has_error()) {
        return answer_error(closed.error(), call);
    }
    auto answer = http::empty(204);
    answer.with("Set-Cookie", cookie("", 0));
    return answer;
}

}  // namespace gateway::core::console
