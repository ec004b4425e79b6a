#include "tests/gateway/core/office.hpp"

#include "storage/core/documents.hpp"
#include "storage/core/schema.hpp"

#include <fstream>

namespace office {

Office::Office() {
    crypto::start_secret_memory();
    const auto identity = crypto::open::X25519Identity::generate(random);
    std::ofstream(folder.path() / "kek") << identity.text().expose_text() << '\n';
    auto opened_keyring = core::Keyring::open({folder.path() / "kek"});
    REQUIRE(opened_keyring.has_value());
    keyring.emplace(std::move(*opened_keyring));
    auto opened_database = storage::Database::open(folder.path() / "core.db", ledger::schema());
    REQUIRE(opened_database.has_value());
    database = std::move(*opened_database);
    audit.emplace(crypto::NoteSigner::generate("core.test/audit", random), random);
    database->at_end_of_batch([this](storage::Connection& connection) { audit->end_batch(connection); });
    const auto types = core::read_case_types(std::string(SLUIS_SOURCE_DIR) + "/policies");
    REQUIRE(types.faults.empty());
    auto opened_shelf = core::CaseTypeShelf::open(*database, types);
    REQUIRE(opened_shelf.has_value());
    shelf.emplace(std::move(*opened_shelf));
    desk.emplace(core::DeskTools{*database, *audit, *keyring, *shelf, clock, random, "https://upload.test", console_url, "city.test"});
    for (auto* staff : {&handler, &other_handler, &doctor, &other_doctor, &dpo, &operations}) {
        write([&](storage::Connection& connection) { staff->id = ledger::Staff::put(connection, *staff, "hash", clock.now()); });
    }
}

policies::DocumentId Office::file_document(const core::MadeRequest& request) {
    const auto id = ledger::new_id<policies::DocumentId>(random);
    const auto digest = crypto::sha256(crypto::as_bytes("x"));
    write([&](storage::Connection& connection) {
        const auto asked = *ledger::Requests::find(connection, request.request);
        const auto medical = *ledger::Dossiers::compartment(connection, asked.dossier, "medical");
        const ledger::AcceptedUpload upload{
            id,
            ledger::new_id<policies::UploadId>(random),
            request.grant,
            asked.items[0].id,
            next_index++,
            100,
            digest,
            digest,
            digest,
            clock.now()
        };
        REQUIRE(ledger::Documents::accept(connection, upload).has_value());
        REQUIRE(ledger::Documents::start_checking(connection, id).has_value());
        const ledger::Filing filing{"verslag.pdf", "application/pdf", 90, digest, medical.id, id.text(), std::nullopt, 1};
        REQUIRE(ledger::Documents::start_filing(connection, id, filing).has_value());
        REQUIRE(ledger::Documents::file(connection, id, 1, clock.now()).has_value());
    });
    return id;
}

std::vector<nlohmann::json> Office::entries(std::string_view act) {
    return read([&](storage::Connection& connection) {
        std::vector<nlohmann::json> found;
        for (const auto& entry : audit->entries(connection, 0, 1000)) {
            auto leaf = nlohmann::json::parse(entry.begin(), entry.end());
            if (leaf.at("act") == act) {
                found.push_back(std::move(leaf));
            }
        }
        return found;
    });
}

std::vector<ledger::WaitingMail> Office::mails(std::string_view kind) {
    std::vector<ledger::WaitingMail> found;
    write([&](storage::Connection& connection) {
        for (auto& mail : ledger::Outbox::take(connection, clock.now() + policies::one_day, 0, 1000)) {
            if (mail.mail.kind == kind) {
                found.push_back(std::move(mail));
            }
        }
    });
    return found;
}

}  // namespace office
