#include "storage/core/staff.hpp"

#include "storage/core/row.hpp"

#include <algorithm>

namespace storage::core {

namespace {

std::string join(const std::vector<policies::Role>& roles) {
    std::string text;
    for (const auto role : roles) {
        text += (text.empty() ? "" : " ") + std::string(policies::text_of(role));
    }
    return text;
}

std::vector<policies::Role> split(std::string_view text) {
    std::vector<policies::Role> roles;
    while (!text.empty()) {
        const auto end = std::min(text.find(' '), text.size());
        const auto role = policies::parse_role(text.substr(0, end));
        if (!role) {
            row::altered("role");
        }
        roles.push_back(*role);
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return roles;
}

std::optional<StaffMember> read(Statement found) {
    if (!found.step()) {
        return std::nullopt;
    }
    return StaffMember{
        row::id<policies::StaffId>(found, 0), found.text(1), found.text(2), found.text(3), split(found.text(4)), found.text(5)
    };
}

}  // namespace

bool StaffMember::is(policies::Role role) const noexcept {
    return std::find(roles.begin(), roles.end(), role) != roles.end();
}

policies::StaffId Staff::put(Connection& connection, const StaffMember& member, const std::string& password_hash, policies::Instant now) {
    if (const auto known = find_user(connection, member.user)) {
        connection.run(
            "UPDATE staff SET name = ?, mail = ?, phone = ?, roles = ?, password = ?, changed_at = ? WHERE id = ?",
            member.name,
            member.mail,
            member.phone,
            join(member.roles),
            password_hash,
            now.microseconds,
            known->id.text()
        );
        connection.run("DELETE FROM staff_session WHERE staff_id = ?", known->id.text());
        return known->id;
    }
    connection.run(
        "INSERT INTO staff (id, user, name, mail, phone, roles, password, created_at, changed_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        member.id.text(),
        member.user,
        member.name,
        member.mail,
        member.phone,
        join(member.roles),
        password_hash,
        now.microseconds,
        now.microseconds
    );
    return member.id;
}

std::optional<StaffMember> Staff::find(Connection& connection, const policies::StaffId& id) {
    return read(connection.query("SELECT id, user, name, mail, roles, phone FROM staff WHERE id = ?", id.text()));
}

std::optional<StaffMember> Staff::find_user(Connection& connection, std::string_view user) {
    return read(connection.query("SELECT id, user, name, mail, roles, phone FROM staff WHERE user = ?", user));
}

std::optional<std::string> Staff::password_hash(Connection& connection, std::string_view user) {
    auto found = connection.query("SELECT password FROM staff WHERE user = ?", user);
    if (!found.step()) {
        return std::nullopt;
    }
    return found.text(0);
}

std::size_t Staff::count(Connection& connection) {
    auto found = connection.query("SELECT count(*) FROM staff");
    found.step();
    return row::count(found, 0);
}

}  // namespace storage::core
