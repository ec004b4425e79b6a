#include "tests/gateway/core/world.hpp"

#include "crypto/open/envelope.hpp"
#include "crypto/open/identity.hpp"

namespace world {

namespace {

template <class Job>
void must_commit(storage::Database& database, Job job) {
    const auto done = database.commit([&job](storage::Connection& connection) -> storage::Result<void> {
        job(connection);
        return {};
    });
    REQUIRE(done.has_value());
}

}  // namespace

World::World(std::uint64_t files_max) {
    crypto::start_secret_memory();
    audit_key_ = crypto::NoteSigner::generate("core.test/audit", random).skey();
    const auto identity = crypto::open::X25519Identity::generate(random);
    std::ofstream(folder.path() / "kek") << identity.text().expose_text() << '\n';
    open();
    add_dossier();
    add_request(files_max);
}

void World::open() {
    auto opened_keyring = core::Keyring::open({folder.path() / "kek"});
    REQUIRE(opened_keyring.has_value());
    keyring.emplace(std::move(*opened_keyring));
    auto opened_database = storage::Database::open(folder.path() / "core.db", ledger::schema());
    REQUIRE(opened_database.has_value());
    database = std::move(*opened_database);
    auto signer = crypto::NoteSigner::parse(audit_key_.expose_text());
    REQUIRE(signer.has_value());
    audit.emplace(std::move(*signer), random);
    database->at_end_of_batch([this](storage::Connection& connection) { audit->end_batch(connection); });
    auto opened_store = ledger::CaseStore::open(folder.path() / "cases");
    REQUIRE(opened_store.has_value());
    case_store.emplace(std::move(*opened_store));
}

void World::restart() {
    case_store.reset();
    database.reset();
    audit.reset();
    keyring.reset();
    open();
}

void World::add_dossier() {
    // The case type of the city, with a dossier that is full sooner.
    auto text = read_text(std::filesystem::path(SLUIS_SOURCE_DIR) / "policies/medical-unfitness.json");
    const std::string_view full = "\"maxDossierBytes\": 21474836480";
    REQUIRE(text.find(full) != std::string::npos);
    text.replace(text.find(full), full.size(), "\"maxDossierBytes\": 2500000");
    const ledger::CaseTypeText case_type{crypto::sha256(crypto::as_bytes(text)), "medical-unfitness", "0.1.0", text};
    const auto staff = ledger::StaffMember{
        ledger::new_id<policies::StaffId>(random), "els", "Els Handler", "els@city.test", {policies::Role::handler}, "+32 9 555 01 17"
    };
    const auto dossier = ledger::new_id<policies::DossierId>(random);
    const auto party = ledger::new_id<policies::PartyId>(random);
    const auto consent = ledger::new_id<policies::ConsentId>(random);
    must_commit(*database, [&](storage::Connection& connection) {
        const auto handler = ledger::Staff::put(connection, staff, "no password", clock.now());
        ledger::CaseTypeTexts::put(connection, case_type);
        REQUIRE(ledger::Dossiers::add(
                    connection,
                    {dossier,
                     "2026-0001",
                     "medical-unfitness",
                     "0.1.0",
                     case_type.sha256,
                     "A. Client",
                     "application",
                     handler,
                     std::nullopt,
                     clock.now(),
                     std::nullopt}
        )
                    .has_value());
        for (const auto* name : {"medical", "general"}) {
            const auto identity = crypto::open::X25519Identity::generate(random);
            ledger::Dossiers::add_compartment(
                connection,
                {ledger::new_id<policies::CompartmentId>(random),
                 dossier,
                 name,
                 identity.recipient().text(),
                 keyring->seal(identity.text().expose(), random)}
            );
        }
        ledger::Parties::add(connection, {party, dossier, "treating-provider", "Dr. Peeters", "peeters@praktijk.test", clock.now()});
        policies::ConsentRecord record{
            consent, "release-medical", party, clock.now(), clock.now() + 90 * policies::one_day, "paper", "", {}
        };
        record.events.push_back({1, policies::ConsentState::given, clock.now(), "els", ""});
        ledger::Consents::add(connection, dossier, record);
        rows = Rows{
            handler,
            dossier,
            party,
            consent,
            ledger::new_id<policies::RequestId>(random),
            ledger::new_id<policies::GrantId>(random),
            ledger::new_id<policies::ItemId>(random),
            ledger::new_id<policies::ItemId>(random)
        };
    });
}

void World::add_request(std::uint64_t files_max) {
    const auto secret = random.secret<32>();
    keys.emplace(crypto::derive_link_keys(secret, rows->grant.text()));
    crypto::SecretBytes pair(64);
    std::copy(keys->envelope.expose().begin(), keys->envelope.expose().end(), pair.expose_writable().begin());
    std::copy(keys->manifest.expose().begin(), keys->manifest.expose().end(), pair.expose_writable().begin() + 32);
    const auto identity = crypto::open::X25519Identity::generate(random);
    intake = identity.recipient().text();
    must_commit(*database, [&](storage::Connection& connection) {
        const ledger::RequestItem report{rows->item, "medical-report", true, files_max, 1'000'000};
        const ledger::RequestItem letter{rows->other_item, "specialist-letter", false, files_max, 1'000'000};
        ledger::Requests::add(
            connection,
            {rows->request,
             rows->dossier,
             rows->party,
             rows->handler,
             clock.now() + 14 * policies::one_day,
             "Graag het verslag.",
             "nl",
             clock.now(),
             std::nullopt,
             {report, letter}}
        );
        ledger::Grants::add(
            connection,
            {rows->grant,
             rows->request,
             rows->dossier,
             rows->party,
             crypto::sha256(keys->access.expose()),
             keyring->seal(pair.expose(), random),
             intake,
             keyring->seal(identity.text().expose(), random),
             policies::GrantState::open,
             1,
             1,
             0,
             clock.now() + 14 * policies::one_day}
        );
    });
}

policies::UploadId World::upload(crypto::ByteView plain, const Spoil& spoil) {
    const auto recipient = crypto::age::X25519Recipient::parse(spoil.recipient.empty() ? intake : spoil.recipient);
    const crypto::age::Recipient* const to[] = {&*recipient};
    auto content = crypto::age::encrypt(to, plain, random);
    REQUIRE(content.has_value());
    content->resize(content->size() - spoil.cut_payload);
    crypto::Manifest manifest{
        rows->grant.text(),
        rows->item.text(),
        "verslag.pdf",
        "application/pdf",
        plain.size(),
        crypto::sha256(plain),
        std::nullopt,
        "",
        "2026-11-24T09:58:00Z"
    };
    if (spoil.manifest) {
        spoil.manifest(manifest);
    }
    const auto json = crypto::format_manifest(manifest);
    const auto sealed_manifest = crypto::age::encrypt(to, crypto::as_bytes(json), random);
    REQUIRE(sealed_manifest.has_value());
    const auto sha256 = crypto::sha256(*content);
    const auto mac = crypto::manifest_mac(keys->manifest, {crypto::sha256(crypto::as_bytes(json)), sha256});
    const auto id = ledger::new_id<policies::UploadId>(random);
    FakeEdge::Stored stored{{id, rows->grant, rows->item, content->size(), sha256, *sealed_manifest, mac}, *content};
    if (spoil.before_leaf) {
        spoil.before_leaf(stored);
    }
    edge.append_sealed(stored.upload);
    if (spoil.after_leaf) {
        spoil.after_leaf(stored);
    }
    edge.uploads.emplace(id, std::move(stored));
    return id;
}

void World::withdraw_consent() {
    must_commit(*database, [&](storage::Connection& connection) {
        const policies::ConsentEvent event{2, policies::ConsentState::withdrawn, clock.now(), "els", "asked by phone"};
        REQUIRE(ledger::Consents::append(connection, rows->consent, event).has_value());
    });
}

core::router::Tools World::router_tools() {
    return {*database, *audit, *case_store, *keyring, edge, clock, random, edge.verifier(), "https://console.test", "city.test"};
}

core::router::Router World::router(std::uint64_t large_bytes) {
    return {{router_tools(), router_tools(), router_tools()}, {}, [this] { ++verdicts; }, large_bytes};
}

core::Publisher World::publisher() {
    return {{*database, *audit, *keyring, edge, clock, random}, {"Stad Test", "https://edge.test", edge.verifier().vkey()}};
}

ledger::Document World::document(const policies::UploadId& upload) {
    auto found = database->read([&](storage::Connection& connection) -> storage::Result<ledger::Document> {
        auto row = ledger::Documents::find_upload(connection, upload);
        if (!row) {
            return storage::Errc::not_found;
        }
        return std::move(*row);
    });
    REQUIRE(found.has_value());
    return std::move(*found);
}

std::vector<nlohmann::json> World::audit_entries(std::string_view act) {
    const auto all = database->read([&](storage::Connection& connection) -> storage::Result<std::vector<crypto::Bytes>> {
        return audit->entries(connection, 0, 10'000);
    });
    REQUIRE(all.has_value());
    std::vector<nlohmann::json> found;
    for (const auto& entry : *all) {
        auto json = nlohmann::json::parse(entry);
        if (json.at("act") == act) {
            found.push_back(std::move(json));
        }
    }
    return found;
}

std::vector<std::string> World::mails_of(std::string_view kind) {
    const auto found = database->read([&](storage::Connection& connection) -> storage::Result<std::vector<std::string>> {
        std::vector<std::string> addresses;
        for (auto row = connection.query("SELECT recipient FROM outbox WHERE kind = ? ORDER BY id", kind); row.step();) {
            addresses.push_back(row.text(0));
        }
        return addresses;
    });
    REQUIRE(found.has_value());
    return *found;
}

std::size_t World::stored_files() {
    std::size_t files = 0;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder.path() / "cases")) {
        files += entry.is_regular_file() ? 1U : 0U;
    }
    return files;
}

crypto::Bytes World::read_document(const policies::DocumentId& id) {
    const auto source = core::open_document(*database, *case_store, *keyring, id);
    REQUIRE(source.has_value());
    crypto::Bytes plain;
    while (plain.size() < (*source)->size) {
        const auto piece = (*source)->read(plain.size(), 50'000);
        REQUIRE_FALSE(piece.empty());
        plain.insert(plain.end(), piece.begin(), piece.end());
    }
    return plain;
}

nlohmann::json World::open_outcome(const policies::UploadId& upload) {
    const auto& outcome = edge.outcomes.at(upload);
    const auto opened = crypto::open::open_envelope(keys->envelope, {rows->grant.text(), outcome.version}, outcome.sealed);
    REQUIRE(opened.has_value());
    return nlohmann::json::parse(*opened);
}

}  // namespace world
