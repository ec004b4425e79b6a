#include "crypto/receipt.hpp"
#include "gateway/core/ground.hpp"
#include "gateway/core/keys/commands.hpp"
#include "storage/core/audit.hpp"
#include "storage/core/case_store.hpp"
#include "storage/core/documents.hpp"
#include "storage/core/dossiers.hpp"
#include "storage/core/grants.hpp"
#include "storage/core/outbox.hpp"
#include "storage/core/releases.hpp"

#include <cstdio>
#include <fstream>
#include <stdexcept>

namespace gateway::core::keys {

namespace {

using storage::core::Dossiers;

struct Destroyed {
    std::uint64_t log_index = 0;
    std::vector<storage::core::Document> documents;
};

// The keys go in one transaction with the entry that says so. Destroying twice is one more entry and does no harm: a kill in between
// left the blobs.
storage::Result<Destroyed> destroy_keys(storage::Connection& connection, Ground& ground, const std::string& case_number) {
    const auto dossier = Dossiers::find_number(connection, case_number);
    if (!dossier) {
        return storage::Errc::not_found;
    }
    const auto now = ground.clock.now();
    const auto compartments = Dossiers::compartments(connection, dossier->id);
    Destroyed destroyed{0, storage::core::Documents::of_dossier(connection, dossier->id)};
    Dossiers::destroy_keys(connection, dossier->id);
    storage::core::Grants::destroy_keys(connection, dossier->id);
    storage::core::Releases::withdraw_all(connection, dossier->id, now);
    storage::core::Outbox::close_all(connection, dossier->id, now);
    const storage::Entry entry{
        "keys.destroyed",
        {{"dossier", dossier->id.text()},
         {"compartments", static_cast<std::int64_t>(compartments.size())},
         {"documents", static_cast<std::int64_t>(destroyed.documents.size())}},
        {}
    };
    destroyed.log_index = storage::core::record(connection, ground.audit, entry, now);
    return destroyed;
}

void write_certificate(Ground& ground, std::uint64_t log_index, const std::filesystem::path& file) {
    const auto receipt = need(
        ground.database->read([&](storage::Connection& connection) { return ground.audit.receipt(connection, log_index); }), "audit log"
    );
    std::ofstream stream(file);
    stream << crypto::format_receipt(receipt) << std::flush;
    if (!stream) {
        throw std::runtime_error(file.string() + ": cannot be written; the keys are destroyed all the same");
    }
}

}  // namespace

void destroy(const Config& config, const Destruction& what) {
    Ground ground(config, need(Keyring::open(config.keys), "keys"));
    const auto cases = need(storage::core::CaseStore::open(config.state / "cases"), "state");
    const auto destroyed =
        ground.database->commit([&](storage::Connection& connection) { return destroy_keys(connection, ground, what.case_number); });
    if (destroyed.has_error() && destroyed.error() == storage::Errc::not_found) {
        throw std::runtime_error("there is no dossier " + what.case_number);
    }
    const auto& [log_index, documents] = need(destroyed, "state");
    for (const auto& document : documents) {
        need(cases.remove(document.id), "case store");
    }
    need(ground.database->purge(), "state");
    if (!what.certificate.empty()) {
        write_certificate(ground, log_index, what.certificate);
    }
    std::printf(
        "destroyed: the keys of %s and %zu documents; entry %llu of the audit log certifies it. Backups hold them until they are "
        "deleted.\n",
        what.case_number.c_str(),
        documents.size(),
        static_cast<unsigned long long>(log_index)
    );
}

}  // namespace gateway::core::keys
