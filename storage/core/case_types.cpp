#include "storage/core/case_types.hpp"

#include "storage/core/row.hpp"

namespace storage::core {

namespace {

CaseTypeText read(const Statement& row) {
    return {row::digest(row, 0), row.text(1), row.text(2), row.text(3)};
}

}  // namespace

void CaseTypeTexts::put(Connection& connection, const CaseTypeText& file) {
    connection.run("UPDATE case_type SET current = 0 WHERE id = ?", file.id);
    connection.run(
        "INSERT INTO case_type (sha256, id, version, text, current) VALUES (?, ?, ?, ?, 1) ON CONFLICT (sha256) DO UPDATE SET current = 1",
        crypto::ByteView(file.sha256.bytes),
        file.id,
        file.version,
        file.text
    );
}

void CaseTypeTexts::retire_all(Connection& connection) {
    connection.run("UPDATE case_type SET current = 0");
}

std::vector<CaseTypeText> CaseTypeTexts::all(Connection& connection) {
    std::vector<CaseTypeText> files;
    for (auto found = connection.query("SELECT sha256, id, version, text FROM case_type ORDER BY id, version"); found.step();) {
        files.push_back(read(found));
    }
    return files;
}

std::optional<CaseTypeText> CaseTypeTexts::find(Connection& connection, const crypto::Digest& sha256) {
    auto found = connection.query("SELECT sha256, id, version, text FROM case_type WHERE sha256 = ?", crypto::ByteView(sha256.bytes));
    if (!found.step()) {
        return std::nullopt;
    }
    return read(found);
}

}  // namespace storage::core
