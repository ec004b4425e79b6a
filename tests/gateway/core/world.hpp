// A small inside for tests of router, publisher, notifier and reading: a dossier with a consent, one request to one doctor, and an edge
// that lives in memory with a log of its own. restart() throws away everything but the files, as a kill does.
#pragma once

#include "crypto/age/seal.hpp"
#include "crypto/encoding.hpp"
#include "crypto/link.hpp"
#include "crypto/manifest.hpp"
#include "crypto/merkle/checkpoint.hpp"
#include "gateway/core/publisher.hpp"
#include "gateway/core/reading.hpp"
#include "gateway/core/router/router.hpp"
#include "storage/core/case_types.hpp"
#include "storage/core/consents.hpp"
#include "storage/core/new_id.hpp"
#include "storage/core/notices.hpp"
#include "storage/core/outbox.hpp"
#include "storage/core/schema.hpp"
#include "tests/catch.hpp"

#include <nlohmann/json.hpp>
#include <unistd.h>

#include <atomic>
#include <fstream>
#include <set>
#include <sstream>

namespace world {

namespace core = gateway::core;
namespace ledger = storage::core;
using policies::DocumentState;

inline std::string read_text(const std::filesystem::path& file) {
    std::ifstream stream(file, std::ios::binary);
    std::ostringstream text;
    text << stream.rdbuf();
    return text.str();
}

class Folder {
public:
    Folder() {
        // In memory where that is possible: these tests are about order and repetition, and syncing would take most of their time.
        const std::filesystem::path memory = "/dev/shm";
        const auto place = ::access(memory.c_str(), W_OK) == 0 ? memory : std::filesystem::temp_directory_path();
        std::string name = (place / "sluis-core-XXXXXX").string();
        REQUIRE(::mkdtemp(name.data()) != nullptr);
        path_ = name;
    }
    ~Folder() { std::filesystem::remove_all(path_); }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    const std::filesystem::path& path() const { return path_; }

private:
    std::filesystem::path path_;
};

class TestClock final : public gateway::Clock {
public:
    policies::Instant now() const override { return now_; }
    void pass(std::int64_t microseconds) { now_ = now_ + microseconds; }

private:
    policies::Instant now_ = *policies::Instant::parse("2026-11-24T10:00:00Z");
};

inline crypto::Bytes some_bytes(std::size_t size) {
    crypto::Bytes bytes(size);
    for (std::size_t index = 0; index < size; ++index) {
        bytes[index] = static_cast<std::uint8_t>((index * 131 + (index >> 9U)) & 255U);
    }
    return bytes;
}

// The other side of EdgeLink, with the faults an edge can have.
class FakeEdge final : public core::EdgeLink {
public:
    struct Stored {
        core::SealedUpload upload;
        crypto::Bytes content;
    };

    explicit FakeEdge(crypto::Random& random) : signer_(crypto::NoteSigner::generate("edge.test/log", random)) {}

    std::map<policies::UploadId, Stored> uploads;
    std::vector<crypto::Bytes> entries;
    std::map<policies::GrantId, std::vector<std::string>> postings;
    std::map<policies::UploadId, core::SealedOutcome> outcomes;
    std::optional<std::size_t> cut_content_after;  // bytes; the connection then breaks
    std::optional<std::size_t> fail_call;          // the call with this number fails as if the edge was away
    std::atomic<std::size_t> calls = 0;
    std::atomic<std::size_t> content_calls = 0;
    std::size_t page_size = 256;
    std::set<policies::GrantId> declined;          // grants whose postings it does not want
    std::size_t run_max = SIZE_MAX;                // entries one checkpoint covers at most, from where core stands
    std::function<void()> in_content;  // what happens elsewhere while content streams, once
    std::size_t in_content_after = 0;  // bytes of one document

    const crypto::NoteVerifier& verifier() const { return signer_.verifier(); }

    std::string checkpoint(std::size_t size) const {
        crypto::merkle::Frontier frontier;
        for (std::size_t index = 0; index < size; ++index) {
            frontier.append(crypto::merkle::leaf_hash(entries[index]));
        }
        return signer_.sign(crypto::merkle::format_checkpoint({signer_.verifier().name(), {size, frontier.root()}}));
    }

    void append(nlohmann::json leaf) {
        leaf["v"] = 1;
        leaf["log"] = signer_.verifier().name();
        leaf["seq"] = entries.size();
        leaf["ts"] = "2026-11-24T09:59:00.000000Z";
        const auto text = leaf.dump();
        entries.emplace_back(text.begin(), text.end());
    }

    void append_sealed(const core::SealedUpload& upload) {
        append(
            {{"act", "upload.sealed"},
             {"upload", upload.id.text()},
             {"grant", upload.grant.text()},
             {"item", upload.item.text()},
             {"size", upload.size},
             {"sha256", upload.sha256.hex()},
             {"manifest", crypto::sha256(upload.manifest).hex()},
             {"mac", upload.mac.hex()},
             {"policy", std::string(64, '0')},
             {"epoch", 1}}
        );
    }

    crypto::Result<core::EdgeLogPage> log(std::uint64_t from) override {
        if (fails()) {
            return gateway::client::Errc::unreachable;
        }
        const auto covered = entries.size() - std::min<std::size_t>(from, entries.size()) > run_max ? from + run_max : entries.size();
        core::EdgeLogPage page{log_note.empty() ? checkpoint(covered) : log_note, {}};
        for (auto index = from; index < entries.size() && page.entries.size() < page_size; ++index) {
            page.entries.push_back(entries[index]);
        }
        return page;
    }
    std::string log_note;  // in place of a true checkpoint

    crypto::Result<core::SealedUpload> upload(const policies::UploadId& id) override {
        if (fails()) {
            return gateway::client::Errc::unreachable;
        }
        const auto found = uploads.find(id);
        if (found == uploads.end()) {
            return core::LinkErrc::gone;
        }
        return found->second.upload;
    }

    crypto::Result<void> fetch_content(const policies::UploadId& id, const std::function<bool(crypto::ByteView)>& sink) override {
        ++content_calls;
        if (fails()) {
            return gateway::client::Errc::unreachable;
        }
        const auto found = uploads.find(id);
        if (found == uploads.end()) {
            return core::LinkErrc::gone;
        }
        crypto::ByteView rest = found->second.content;
        std::size_t sent = 0;
        while (!rest.empty()) {
            const auto piece = rest.first(std::min<std::size_t>(rest.size(), 10'000));
            if (!sink(piece)) {
                return gateway::client::Errc::aborted;
            }
            rest = rest.subspan(piece.size());
            sent += piece.size();
            if (cut_content_after && sent >= *cut_content_after) {
                return gateway::client::Errc::timeout;
            }
            if (sent >= in_content_after && in_content) {
                std::exchange(in_content, nullptr)();
            }
        }
        return {};
    }

    crypto::Result<void> put_posting(const policies::GrantId& grant, const std::string& posting) override {
        if (fails()) {
            return gateway::client::Errc::unreachable;
        }
        if (declined.contains(grant)) {
            return core::LinkErrc::declined;
        }
        postings[grant].push_back(posting);
        return {};
    }

    std::vector<std::string> issuers;  // each set that came
    crypto::Result<void> put_issuers(const std::string& set) override {
        if (fails()) {
            return gateway::client::Errc::unreachable;
        }
        issuers.push_back(set);
        return {};
    }

    crypto::Result<void> put_outcome(const policies::UploadId& id, const core::SealedOutcome& outcome) override {
        if (fails()) {
            return gateway::client::Errc::unreachable;
        }
        outcomes[id] = outcome;
        if (!outcome.keep) {
            uploads.erase(id);
        }
        return {};
    }

private:
    bool fails() { return calls++ == fail_call; }
    crypto::NoteSigner signer_;
};

struct Rows {  // what lives in the database, made once
    policies::StaffId handler;
    policies::DossierId dossier;
    policies::PartyId party;
    policies::ConsentId consent;
    policies::RequestId request;
    policies::GrantId grant;
    policies::ItemId item;        // a medical report, which needs the consent
    policies::ItemId other_item;  // of the same request
};

// How an upload can be wrong.
struct Spoil {
    std::function<void(crypto::Manifest&)> manifest;                   // what the uploader claims
    std::function<void(FakeEdge::Stored&)> before_leaf;  // the uploader's or a forger's doing: the leaf says the same
    std::function<void(FakeEdge::Stored&)> after_leaf;   // the edge's doing
    std::string recipient;                               // in place of the grant's
    std::size_t cut_payload = 0;                              // bytes missing at the end, sealed like that
};

class World {
public:
    explicit World(std::uint64_t files_max = 3);

    // What a doctor's browser does.
    policies::UploadId upload(crypto::ByteView plain, const Spoil& spoil = {});

    void withdraw_consent();
    void restart();
    core::router::Tools router_tools();
    core::router::Router router(std::uint64_t large_bytes = core::router::large_bytes);
    core::Publisher publisher();

    ledger::Document document(const policies::UploadId& upload);
    std::vector<nlohmann::json> audit_entries(std::string_view act);
    std::vector<std::string> mails_of(std::string_view kind);  // addresses
    std::size_t stored_files();
    crypto::Bytes read_document(const policies::DocumentId& document);
    nlohmann::json open_outcome(const policies::UploadId& upload);

    Folder folder;
    crypto::SystemRandom random;
    TestClock clock;
    FakeEdge edge{random};
    std::optional<core::Keyring> keyring;
    std::unique_ptr<storage::Database> database;
    std::optional<storage::MerkleLog> audit;
    std::optional<ledger::CaseStore> case_store;
    std::optional<Rows> rows;
    std::optional<crypto::LinkKeys> keys;
    std::string intake;  // recipient
    std::atomic<std::size_t> verdicts = 0;

private:
    void open();
    void add_dossier();
    void add_request(std::uint64_t files_max);
    crypto::SecretBytes audit_key_;
};

// Every document state a test asks for, in words.
inline std::string state_of(World& world, const policies::UploadId& upload) {
    return std::string(policies::text_of(world.document(upload).state));
}

}  // namespace world
