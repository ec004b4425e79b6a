// A town hall in memory for tests of the desk and the console: staff of every role, a medical dossier with a doctor, keys and a log.
#pragma once

#include "crypto/open/identity.hpp"
#include "gateway/core/desk.hpp"
#include "storage/core/audit.hpp"
#include "storage/core/consents.hpp"
#include "storage/core/documents.hpp"
#include "storage/core/new_id.hpp"
#include "storage/core/notices.hpp"
#include "storage/core/outbox.hpp"
#include "storage/core/schema.hpp"
#include "tests/catch.hpp"

#include <nlohmann/json.hpp>
#include <unistd.h>

#include <fstream>

namespace office {

namespace core = gateway::core;
namespace ledger = storage::core;
using policies::Role;

class Folder {
public:
    Folder() {
        const std::filesystem::path memory = "/dev/shm";
        const auto place = ::access(memory.c_str(), W_OK) == 0 ? memory : std::filesystem::temp_directory_path();
        std::string name = (place / "sluis-office-XXXXXX").string();
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

class Clock final : public gateway::Clock {
public:
    policies::Instant now() const override { return now_; }
    void pass(std::int64_t microseconds) { now_ = now_ + microseconds; }

private:
    policies::Instant now_ = policies::Instant::parse("2026-11-24T10:00:00Z").value();
};

template <class T>
T done(const core::Deed<T>& deed) {
    REQUIRE(deed.has_value());
    if (const auto* refusal = std::get_if<core::Refusal>(&*deed)) {
        FAIL("refused: " << refusal->detail);
    }
    return std::get<T>(*deed);
}

template <class T>
core::Refusal refused(const core::Deed<T>& deed) {
    REQUIRE(deed.has_value());
    REQUIRE(std::holds_alternative<core::Refusal>(*deed));
    return std::get<core::Refusal>(*deed);
}

class Office {
public:
    Office();

    template <class Job>
    void write(Job job) {
        const auto written = database->commit([&](storage::Connection& connection) -> storage::Result<void> {
            job(connection);
            return {};
        });
        REQUIRE(written.has_value());
    }

    template <class Job>
    auto read(Job job) {
        using Value = decltype(job(std::declval<storage::Connection&>()));
        auto value = database->read([&](storage::Connection& connection) -> storage::Result<Value> { return job(connection); });
        REQUIRE(value.has_value());
        return std::move(*value);
    }

    policies::DossierId open_dossier(const std::string& number = "SOC-1", const std::string& type = "medical-unfitness") {
        return done(desk->open_dossier(handler, {type, number, "Maria Janssens", std::string("dr.peeters")}));
    }
    policies::PartyId add_doctor(const policies::DossierId& dossier, const std::string& mail = "els@practice.test") {
        return done(desk->add_party(handler, dossier, {"treating-provider", "Dr. Els Wouters", mail}));
    }
    core::NewConsent consent_of(const policies::PartyId& party) {
        return {"secrecy-release", party, "signed-paper-scan", "", clock.now(), clock.now() + 30 * policies::one_day};
    }
    core::NewRequest request_to(const policies::PartyId& party, std::vector<core::WantedItem> items = {{"medical-report", true}}) {
        return {party, std::move(items), clock.now() + 14 * policies::one_day, "Graag uw verslag.", "nl"};
    }

    // What the router makes of an upload, without the upload: a filed document.
    policies::DocumentId file_document(const core::MadeRequest& request);

    std::vector<nlohmann::json> entries(std::string_view act);

    std::vector<ledger::WaitingMail> mails(std::string_view kind);

    static ledger::StaffMember member(const char* user, Role role) {
        return {policies::StaffId::from_random({}), user, std::string("Name of ") + user, std::string(user) + "@city.test", {role}};
    }
    ledger::StaffMember fresh(const char* user, Role role) {
        auto staff = member(user, role);
        staff.id = ledger::new_id<policies::StaffId>(random);
        return staff;
    }

    Folder folder;
    crypto::SystemRandom random;
    Clock clock;
    std::string console_url = "https://console.test";
    std::optional<core::Keyring> keyring;
    std::unique_ptr<storage::Database> database;
    std::optional<storage::MerkleLog> audit;
    std::optional<core::CaseTypeShelf> shelf;
    std::optional<core::Desk> desk;
    ledger::StaffMember handler = fresh("sofie", Role::handler);
    ledger::StaffMember other_handler = fresh("karim", Role::handler);
    ledger::StaffMember doctor = fresh("dr.peeters", Role::advising_doctor);
    ledger::StaffMember other_doctor = fresh("dr.claes", Role::advising_doctor);
    ledger::StaffMember dpo = fresh("dpo", Role::dpo);
    ledger::StaffMember operations = fresh("root", Role::operations);
    std::uint64_t next_index = 0;
};

}  // namespace office
