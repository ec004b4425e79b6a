#include "crypto/errors.hpp"
#include "crypto/open/open.hpp"
#include "gateway/core/ground.hpp"
#include "gateway/core/keys/commands.hpp"
#include "storage/core/case_store.hpp"
#include "storage/core/documents.hpp"
#include "storage/core/dossiers.hpp"
#include "storage/core/sealed_cells.hpp"

#include <cstdio>
#include <stdexcept>

namespace gateway::core::keys {

namespace {

using storage::core::Document;
using Identity = crypto::open::X25519Identity;

constexpr std::size_t cells_a_batch = 1'000;
constexpr std::size_t piece_bytes = 1ULL << 20U;

struct Count {
    std::uint64_t good = 0;
    std::uint64_t bad = 0;

    void add(bool is_good) { is_good ? ++good : ++bad; }
};

struct Drill {
    storage::Connection connection;
    storage::core::CaseStore cases;
    Keyring offline;  // the recovery key and nothing else
    Count keys, documents;
};

// Everything that is sealed but the compartments' keys, which are opened with their dossiers.
void open_cells(Drill& drill) {
    for (const auto& column : storage::core::sealed_columns()) {
        if (std::string_view(column.table) == "compartment" && std::string_view(column.column) == "sealed_identity") {
            continue;
        }
        std::int64_t after = 0;
        for (;;) {
            const auto cells = storage::core::SealedCells::read(drill.connection, column, after, cells_a_batch);
            if (cells.empty()) {
                break;
            }
            for (const auto& cell : cells) {
                drill.keys.add(drill.offline.unseal(cell.sealed).has_value());
            }
            after = cells.back().row;
        }
    }
}

std::optional<Identity> identity_of(const Drill& drill, const storage::core::CompartmentKeys& compartment) {
    const auto text = drill.offline.unseal(compartment.sealed_identity);
    auto identity = text.has_value() ? Identity::parse(text->expose_text()) : crypto::Result<Identity>(text.error());
    const bool fits = identity.has_value() && identity->recipient().text() == compartment.recipient;
    return fits ? std::optional(std::move(*identity)) : std::nullopt;
}

crypto::Result<crypto::age::FileKey> file_key_of(const Drill& drill, const Document& document, const Identity& identity) {
    const auto text = drill.cases.header(document.id);
    if (text.has_error()) {
        return text.error();
    }
    crypto::age::HeaderParser parser;
    const auto fed = parser.feed(crypto::as_bytes(*text));
    if (fed.has_error() || fed->state != crypto::age::HeaderParser::State::done) {
        return crypto::Errc::header;
    }
    const crypto::open::Identity* const identities[] = {&identity};
    return crypto::open::open_header(parser.take(), identities);
}

// The whole document, to its last byte: the same that was filed.
bool reads_whole(const Drill& drill, const Document& document, const Identity& identity) {
    const auto file_key = file_key_of(drill, document, identity);
    const auto payload = drill.cases.payload(document.id);
    if (file_key.has_error() || payload.has_error()) {
        return false;
    }
    crypto::Sha256 hash;
    crypto::open::PayloadOpener opener(*file_key, [&hash](crypto::ByteView plain) -> crypto::Result<void> {
        hash.update(plain);
        return {};
    });
    crypto::Bytes piece(piece_bytes);
    for (std::uint64_t offset = 0;;) {
        const auto got = payload->read_at(offset, piece);
        if (got.has_error() || opener.update(crypto::ByteView(piece).first(*got)).has_error()) {
            return false;
        }
        if (*got == 0) {
            break;
        }
        offset += *got;
    }
    return opener.finish().has_value() && hash.finish() == document.filing->plain_sha256;
}

void read_documents(Drill& drill, const storage::core::Dossier& dossier) {
    std::map<std::string, Identity> identities;
    for (const auto& compartment : storage::core::Dossiers::compartments(drill.connection, dossier.id)) {
        if (compartment.sealed_identity.empty()) {
            continue;  // destroyed
        }
        auto identity = identity_of(drill, compartment);
        drill.keys.add(identity.has_value());
        if (identity) {
            identities.emplace(compartment.id.text(), std::move(*identity));
        } else {
            std::printf("  %s: the key of compartment %s does not come back\n", dossier.case_number.c_str(), compartment.name.c_str());
        }
    }
    for (const auto& document : storage::core::Documents::of_dossier(drill.connection, dossier.id)) {
        if (document.state != policies::DocumentState::filed || !document.filing) {
            continue;
        }
        const auto compartment = storage::core::Dossiers::compartment(drill.connection, document.filing->compartment);
        if (!compartment || compartment->sealed_identity.empty()) {
            continue;
        }
        const auto identity = identities.find(compartment->id.text());
        const bool good = identity != identities.end() && reads_whole(drill, document, identity->second);
        drill.documents.add(good);
        if (!good) {
            std::printf("  %s: document %s does not open\n", dossier.case_number.c_str(), document.id.text().c_str());
        }
    }
}

}  // namespace

bool drill(const Config& config, const RecoveryKey& key) {
    auto identities = read_recovery_identities(key);
    const bool named = config.keys.recovery == identities.front().recipient().text();
    if (config.keys.recovery.empty()) {
        std::puts("the configuration names no recovery key (keys.recovery): nothing is sealed to one");
    } else if (!named) {
        std::printf("this is not the recovery key that the configuration names, %s\n", config.keys.recovery.c_str());
    }
    try {
        Drill drill{
            storage::Connection(database_file(config), storage::Connection::Mode::read_only),
            storage::core::CaseStore::view(config.state / "cases"),
            Keyring(std::move(identities), {}),
            {},
            {}
        };
        open_cells(drill);
        if (drill.keys.bad > 0) {
            std::printf("  %llu sealed fields outside the dossiers do not come back\n", static_cast<unsigned long long>(drill.keys.bad));
        }
        for (const auto& dossier : storage::core::Dossiers::all(drill.connection)) {
            read_documents(drill, dossier);
        }
        const bool good = drill.keys.bad == 0 && drill.documents.bad == 0;
        std::printf(
            "drill: %llu keys and %llu documents come back with the recovery key, %llu keys and %llu documents do not; nothing was "
            "touched\n",
            static_cast<unsigned long long>(drill.keys.good),
            static_cast<unsigned long long>(drill.documents.good),
            static_cast<unsigned long long>(drill.keys.bad),
            static_cast<unsigned long long>(drill.documents.bad)
        );
        if (!good && named) {
            std::puts("what was sealed before the recovery key was named comes back after `sluis keys rotate`");
        }
        return good;
    } catch (const storage::DatabaseError& error) {
        throw std::runtime_error(std::string("state: ") + error.what());
    }
}

}  // namespace gateway::core::keys
