#include "gateway/core/add_staff.hpp"

#include "crypto/password.hpp"
#include "gateway/core/desk_fields.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace gateway::core {

namespace {

using json = nlohmann::json;
using storage::core::StaffMember;

struct Account {
    StaffMember member;
    std::string password_hash;
};

bool is_user(std::string_view text) {
    constexpr std::string_view allowed = "abcdefghijklmnopqrstuvwxyz0123456789.-_@";
    return !text.empty() && text.size() <= 100 && text.find_first_not_of(allowed) == std::string_view::npos;
}

bool is_phone(std::string_view text) {
    return text.size() <= 40 && text.find_first_not_of("0123456789 +().-/") == std::string_view::npos;
}

std::string text_of(const json& object, const char* name) {
    const auto found = object.find(name);
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::optional<std::vector<policies::Role>> roles_of(const json& object) {
    const auto found = object.find("roles");
    if (found == object.end() || !found->is_array() || found->empty()) {
        return std::nullopt;
    }
    std::vector<policies::Role> roles;
    for (const auto& name : *found) {
        const auto role = name.is_string() ? policies::parse_role(name.get_ref<const std::string&>()) : std::nullopt;
        if (!role) {
            return std::nullopt;
        }
        if (std::find(roles.begin(), roles.end(), *role) == roles.end()) {
            roles.push_back(*role);
        }
    }
    return roles;
}

std::variant<Account, std::string> read_account(const std::string& line, crypto::Random& random) {
    const json root = json::parse(line, nullptr, false);
    if (!root.is_object()) {
        return "must be a JSON object";
    }
    const auto user = text_of(root, "user");
    const auto name = text_of(root, "name");
    const auto mail = text_of(root, "mail");
    const auto phone = text_of(root, "phone");
    const auto password = text_of(root, "password");
    const auto roles = roles_of(root);
    if (!is_user(user)) {
        return "user: lower-case letters, digits and . - _ @ only";
    }
    if (!desk::is_line(name, desk::name_max)) {
        return "name: one line, at most 200 bytes";
    }
    if (!desk::is_mail(mail)) {
        return "mail: must be a mail address";
    }
    if (!is_phone(phone)) {
        return "phone: digits, spaces and + ( ) . / - only, at most 40; or leave it out";
    }
    if (!roles) {
        return "roles: must name handler, advising-doctor, dpo or operator";
    }
    if (password.size() < password_min || password.size() > 1000) {
        return "password: at least " + std::to_string(password_min) + " characters";
    }
    const auto id = storage::core::new_id<policies::StaffId>(random);
    return Account{{id, user, name, mail, *roles, phone}, crypto::hash_password(crypto::as_bytes(password))};
}

}  // namespace

storage::Result<StaffLines>
add_staff(std::istream& lines, storage::Database& database, storage::MerkleLog& audit, crypto::Random& random, policies::Instant now) {
    StaffLines done;
    std::vector<Account> accounts;
    std::string line;
    for (std::size_t number = 1; std::getline(lines, line) && number <= staff_lines_max; ++number) {
        if (line.find_first_not_of(" \t\r") == std::string::npos) {
            continue;
        }
        auto account = read_account(line, random);
        if (const auto* fault = std::get_if<std::string>(&account)) {
            done.faults.push_back("line " + std::to_string(number) + ": " + *fault);
        } else {
            accounts.push_back(std::move(std::get<Account>(account)));
        }
    }
    if (!done.faults.empty()) {
        return done;
    }
    return database.commit([&](storage::Connection& connection) -> storage::Result<StaffLines> {
        for (const auto& account : accounts) {
            const auto id = storage::core::Staff::put(connection, account.member, account.password_hash, now);
            std::string roles;
            for (const auto role : account.member.roles) {
                roles += (roles.empty() ? "" : " ") + std::string(policies::text_of(role));
            }
            storage::core::record(connection, audit, {"staff.changed", {{"staff", id.text()}, {"roles", roles}}, {}}, now);
        }
        done.accounts = accounts.size();
        return done;
    });
}

}  // namespace gateway::core
