// A filed document in clear, for a reader who may see it. Who may is decided and logged before, by the caller. The payload is decrypted
// piece by piece as the answer goes out: memory stays at two chunks and nothing in clear touches the disk.
// The source reads at increasing offsets only (std::runtime_error otherwise, and when the payload turns out damaged), on one thread
// at a time. It borrows nothing: database, case store and keyring are used in this call alone.
// Errors: storage::Errc::not_found for a document that is not filed; crypto::Errc when its header does not open.
#pragma once

#include "gateway/core/keyring.hpp"
#include "gateway/http/response.hpp"
#include "storage/core/case_store.hpp"
#include "storage/database.hpp"

namespace gateway::core {

crypto::Result<std::shared_ptr<gateway::http::BodySource>> open_document(
    storage::Database& database,
    storage::core::CaseStore& case_store,
    const Keyring& keyring,
    const policies::DocumentId& document
);

// A header for another reader ("age1…") of the same payload, which stays as it is: nothing is opened but the file key. Errors as above.
crypto::Result<std::string> rewrap_document(
    storage::Database& database,
    storage::core::CaseStore& case_store,
    const Keyring& keyring,
    const policies::DocumentId& document,
    const std::string& reader,
    crypto::Random& random
);

}  // namespace gateway::core
