// The case types of this installation: the files of the policies folder as they are now (for new dossiers), and every version a dossier
// is pinned to, kept in the database by its SHA-256. A file that does not parse, or a pinned text that is not what its digest says,
// stops the start. Read once; afterwards constant, so any thread may ask.
#pragma once

#include "crypto/digest.hpp"
#include "policies/case_type.hpp"
#include "storage/database.hpp"

#include <filesystem>
#include <memory>

namespace gateway::core {

struct PinnedCaseType {
    crypto::Digest sha256;  // of the file's bytes
    std::string text;       // the file
    policies::CaseType rules;
};

// All files "<id>.json" of the folder. Faults name the file before the path: "medical-unfitness.json/documents/2/by".
struct CaseTypeFolder {
    std::vector<std::shared_ptr<const PinnedCaseType>> types;
    std::vector<policies::Fault> faults;
};
CaseTypeFolder read_case_types(const std::filesystem::path& folder);

class CaseTypeShelf final {
public:
    // Writes the folder's files into the database and reads what older dossiers are pinned to. Errc::damaged for a text that was altered.
    static storage::Result<CaseTypeShelf> open(storage::Database& database, const CaseTypeFolder& folder);

    const std::vector<std::shared_ptr<const PinnedCaseType>>& current() const noexcept { return current_; }
    std::shared_ptr<const PinnedCaseType> current(std::string_view id) const;  // null when there is none
    std::shared_ptr<const PinnedCaseType> find(const crypto::Digest& sha256) const;  // null when there is none

private:
    std::vector<std::shared_ptr<const PinnedCaseType>> current_;
    std::map<crypto::Digest, std::shared_ptr<const PinnedCaseType>> all_;
};

}  // namespace gateway::core
