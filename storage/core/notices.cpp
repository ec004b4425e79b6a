#include "storage/core/notices.hpp"

#include "storage/core/row.hpp"

namespace storage::core {

void Notices::add(Connection& connection, const Notice& notice) {
    connection.run(
        "INSERT INTO notice (id, staff_id, dossier_id, kind, at) VALUES (?, ?, ?, ?, ?)",
        notice.id.text(),
        notice.staff.text(),
        notice.dossier.text(),
        notice.kind,
        notice.at.microseconds
    );
}

std::vector<Notice> Notices::of_staff(Connection& connection, const policies::StaffId& staff, std::size_t count_max) {
    std::vector<Notice> notices;
    auto found = connection.query(
        "SELECT notice.id, notice.staff_id, notice.dossier_id, notice.kind, notice.at, notice.done_at, dossier.case_number "
        "FROM notice JOIN dossier ON dossier.id = notice.dossier_id WHERE notice.staff_id = ? ORDER BY notice.at DESC, notice.id LIMIT ?",
        staff.text(),
        std::uint64_t{count_max}
    );
    while (found.step()) {
        notices.push_back({
            row::id<policies::NoticeId>(found, 0),
            row::id<policies::StaffId>(found, 1),
            row::id<policies::DossierId>(found, 2),
            found.text(3),
            row::instant(found, 4),
            !found.is_null(5),
            found.text(6),
        });
    }
    return notices;
}

Result<void> Notices::done(Connection& connection, const policies::NoticeId& id, const policies::StaffId& staff, policies::Instant now) {
    const auto rows = connection.run(
        "UPDATE notice SET done_at = coalesce(done_at, ?) WHERE id = ? AND staff_id = ?", now.microseconds, id.text(), staff.text()
    );
    if (rows != 1) {
        return Errc::not_found;
    }
    return {};
}

}  // namespace storage::core
