// The case type files that dossiers are pinned to, by the SHA-256 of their text: a dossier keeps the rules it was opened under, also
// when the file on disk has moved on.
#pragma once

#include "crypto/digest.hpp"
#include "storage/connection.hpp"

namespace storage::core {

struct CaseTypeText {
    crypto::Digest sha256;
    std::string id;
    std::string version;
    std::string text;
};

class CaseTypeTexts final {
public:
    static void put(Connection& connection, const CaseTypeText& file);  // and makes it the current one of its id
    static void retire_all(Connection& connection);                     // none is current: before the folder is read anew
    static std::vector<CaseTypeText> all(Connection& connection);
    static std::optional<CaseTypeText> find(Connection& connection, const crypto::Digest& sha256);
};

}  // namespace storage::core
