#include "storage/core/dossiers.hpp"

#include "storage/core/row.hpp"

namespace storage::core {

namespace {

#define DOSSIER_COLUMNS                                                                                                                    \
    "id, case_number, case_type, case_type_version, case_type_sha256, subject, status, handler, advising_doctor, opened_at, closed_at"
constexpr std::string_view by_id = "SELECT " DOSSIER_COLUMNS " FROM dossier WHERE id = ?";
constexpr std::string_view by_number = "SELECT " DOSSIER_COLUMNS " FROM dossier WHERE case_number = ?";
constexpr std::string_view newest_first = "SELECT " DOSSIER_COLUMNS " FROM dossier ORDER BY opened_at DESC, id";
constexpr std::string_view by_handler = "SELECT " DOSSIER_COLUMNS " FROM dossier WHERE handler = ? ORDER BY opened_at DESC, id";
constexpr std::string_view by_advising_doctor =
    "SELECT " DOSSIER_COLUMNS " FROM dossier WHERE advising_doctor = ? ORDER BY opened_at DESC, id";
#undef DOSSIER_COLUMNS

Dossier read(const Statement& row) {
    return Dossier{
        .id = row::id<policies::DossierId>(row, 0),
        .case_number = row.text(1),
        .case_type = row.text(2),
        .case_type_version = row.text(3),
        .case_type_sha256 = row::digest(row, 4),
        .subject = row.text(5),
        .status = row.text(6),
        .handler = row::id<policies::StaffId>(row, 7),
        .advising_doctor = row::optional_id<policies::StaffId>(row, 8),
        .opened_at = row::instant(row, 9),
        .closed_at = row::optional_instant(row, 10),
    };
}

std::vector<Dossier> read_all(Statement found) {
    std::vector<Dossier> dossiers;
    while (found.step()) {
        dossiers.push_back(read(found));
    }
    return dossiers;
}

std::optional<Dossier> read_one(Statement found) {
    if (!found.step()) {
        return std::nullopt;
    }
    return read(found);
}

CompartmentKeys read_compartment(const Statement& row) {
    return {row::id<policies::CompartmentId>(row, 0), row::id<policies::DossierId>(row, 1), row.text(2), row.text(3), row.blob(4)};
}

std::optional<CompartmentKeys> read_one_compartment(Statement found) {
    if (!found.step()) {
        return std::nullopt;
    }
    return read_compartment(found);
}

}  // namespace

Result<void> Dossiers::add(Connection& connection, const Dossier& dossier) {
    if (find_number(connection, dossier.case_number)) {
        return Errc::conflict;
    }
    std::optional<std::string> advising_doctor;
    if (dossier.advising_doctor) {
        advising_doctor = dossier.advising_doctor->text();
    }
    connection.run(
        "INSERT INTO dossier (id, case_number, case_type, case_type_version, case_type_sha256, subject, status, handler, advising_doctor, "
        "opened_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        dossier.id.text(),
        dossier.case_number,
        dossier.case_type,
        dossier.case_type_version,
        crypto::ByteView(dossier.case_type_sha256.bytes),
        dossier.subject,
        dossier.status,
        dossier.handler.text(),
        advising_doctor,
        dossier.opened_at.microseconds
    );
    return {};
}

void Dossiers::add_compartment(Connection& connection, const CompartmentKeys& keys) {
    connection.run(
        "INSERT INTO compartment (id, dossier_id, name, recipient, sealed_identity) VALUES (?, ?, ?, ?, ?)",
        keys.id.text(),
        keys.dossier.text(),
        keys.name,
        keys.recipient,
        keys.sealed_identity
    );
}

std::optional<Dossier> Dossiers::find(Connection& connection, const policies::DossierId& id) {
    return read_one(connection.query(by_id, id.text()));
}

std::optional<Dossier> Dossiers::find_number(Connection& connection, std::string_view case_number) {
    return read_one(connection.query(by_number, case_number));
}

std::vector<Dossier> Dossiers::all(Connection& connection) {
    return read_all(connection.query(newest_first));
}

std::vector<Dossier> Dossiers::of_handler(Connection& connection, const policies::StaffId& staff) {
    return read_all(connection.query(by_handler, staff.text()));
}

std::vector<Dossier> Dossiers::of_advising_doctor(Connection& connection, const policies::StaffId& staff) {
    return read_all(connection.query(by_advising_doctor, staff.text()));
}

std::optional<CompartmentKeys> Dossiers::compartment(Connection& connection, const policies::DossierId& dossier, std::string_view name) {
    return read_one_compartment(connection.query(
        "SELECT id, dossier_id, name, recipient, sealed_identity FROM compartment WHERE dossier_id = ? AND name = ?", dossier.text(), name
    ));
}

std::optional<CompartmentKeys> Dossiers::compartment(Connection& connection, const policies::CompartmentId& id) {
    return read_one_compartment(
        connection.query("SELECT id, dossier_id, name, recipient, sealed_identity FROM compartment WHERE id = ?", id.text())
    );
}

void Dossiers::destroy_keys(Connection& connection, const policies::DossierId& dossier) {
    connection.run("UPDATE compartment SET sealed_identity = x'' WHERE dossier_id = ?", dossier.text());
}

std::vector<CompartmentKeys> Dossiers::compartments(Connection& connection, const policies::DossierId& dossier) {
    std::vector<CompartmentKeys> all;
    auto found = connection.query(
        "SELECT id, dossier_id, name, recipient, sealed_identity FROM compartment WHERE dossier_id = ? ORDER BY name", dossier.text()
    );
    while (found.step()) {
        all.push_back(read_compartment(found));
    }
    return all;
}

}  // namespace storage::core
