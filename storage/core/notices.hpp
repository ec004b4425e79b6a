// The console inbox of each member of staff: one line an event, with the case number, until it is done.
#pragma once

#include "policies/ids.hpp"
#include "policies/instant.hpp"
#include "storage/connection.hpp"

namespace storage::core {

struct Notice {
    policies::NoticeId id;
    policies::StaffId staff;
    policies::DossierId dossier;
    std::string kind;  // see policies/disclosure.hpp, notice_text
    policies::Instant at;
    bool done = false;
    std::string case_number;  // filled when read
};

class Notices final {
public:
    static void add(Connection& connection, const Notice& notice);
    static std::vector<Notice> of_staff(Connection& connection, const policies::StaffId& staff, std::size_t count_max);  // newest first
    // not_found for a notice of somebody else, too.
    static Result<void> done(Connection& connection, const policies::NoticeId& id, const policies::StaffId& staff, policies::Instant now);
};

}  // namespace storage::core
