// Who works here: accounts with their roles and Argon2id hash. Users are told apart by `user`, in lower case. Hashing is the caller's
// work, outside any transaction.
#pragma once

#include "policies/ids.hpp"
#include "policies/instant.hpp"
#include "policies/role.hpp"
#include "storage/connection.hpp"

namespace storage::core {

struct StaffMember {
    policies::StaffId id;
    std::string user;
    std::string name;
    std::string mail;
    std::vector<policies::Role> roles;
    std::string phone;  // may be empty; who gets a request can call to hear whether it is real

    bool is(policies::Role role) const noexcept;
};

class Staff final {
public:
    // Makes the account or, when the user is there, changes it and ends its sessions; gives the id it has.
    static policies::StaffId
    put(Connection& connection, const StaffMember& member, const std::string& password_hash, policies::Instant now);
    static std::optional<StaffMember> find(Connection& connection, const policies::StaffId& id);
    static std::optional<StaffMember> find_user(Connection& connection, std::string_view user);
    static std::optional<std::string> password_hash(Connection& connection, std::string_view user);
    static std::size_t count(Connection& connection);
};

}  // namespace storage::core
