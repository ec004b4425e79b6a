#include "gateway/core/publisher.hpp"

#include "crypto/envelope.hpp"
#include "crypto/errors.hpp"
#include "gateway/core/envelope.hpp"
#include "gateway/core/grant_keys.hpp"
#include "gateway/log.hpp"
#include "storage/core/consents.hpp"
#include "storage/core/grant_machines.hpp"

#include <algorithm>

namespace gateway::core {

namespace {

constexpr std::size_t rows_a_turn = 1'000;

// What a posting is built from, read in one view of the database. The version of the grant in it may be newer than the one that was due.
struct Due {
    Surroundings around;
    std::shared_ptr<const policies::CaseType> case_type;
    std::string asker_name, asker_phone, asker_mail;
    policies::Decision consent;
    storage::Machines machines;
    policies::Texts statement;
    std::optional<policies::Instant> since;
};

EnvelopeFacts::Consent consent_state(const policies::Decision& decision) {
    if (!decision.permit) {
        return EnvelopeFacts::Consent::withdrawn;
    }
    return decision.consent ? EnvelopeFacts::Consent::given : EnvelopeFacts::Consent::not_needed;
}

// The item that needs consent most: the first that is refused, else the first that stands on a record.
void read_consent(storage::Connection& connection, Due& due, policies::Instant now) {
    due.consent.permit = true;
    for (const auto& item : due.around.request.items) {
        auto decision = decide(connection, *due.case_type, due.around, item.type, policies::Gate::upload_start, now);
        if (decision.permit && (!decision.consent || due.consent.consent)) {
            continue;
        }
        due.consent = std::move(decision);
        const auto* rule = due.case_type->consent_covering(item.type);
        due.statement = rule == nullptr ? policies::Texts() : rule->purpose;
        if (!due.consent.permit) {
            break;
        }
    }
    if (due.consent.permit && due.consent.consent) {
        const auto record = storage::core::Consents::find(connection, *due.consent.consent);
        due.since = record ? std::optional(record->record.from) : std::nullopt;
    }
}

storage::Result<Due> read_due(storage::Connection& connection, const policies::GrantId& id, CaseTypes& case_types, policies::Instant now) {
    auto around = surroundings_of(connection, id);
    if (around.has_error()) {
        return around.error();
    }
    auto case_type = case_types.find(connection, around->dossier.case_type_sha256);
    if (case_type.has_error()) {
        return case_type.error();
    }
    Due due{std::move(*around), std::move(*case_type), {}, {}, {}, {}, {}, {}, {}};
    due.machines = storage::core::GrantMachines::digests(connection, id);
    if (const auto asker = storage::core::Staff::find(connection, due.around.request.made_by)) {
        due.asker_name = asker->name;
        due.asker_phone = asker->phone;
        due.asker_mail = asker->mail;
    }
    read_consent(connection, due, now);
    return due;
}

void log_failure(std::string_view event, std::string_view id, const boost::system::error_code& error) {
    log_event(event, {{"id", id}, {"error", error.category().name()}, {"code", error.value()}});
}

bool is_away(const boost::system::error_code& error) {
    return error.category() == client::category() || error == LinkErrc::failed;
}

}  // namespace

Publisher::Publisher(PublisherTools tools, PublisherOptions options)
    : tools_(tools), options_(std::move(options)), issuers_(options_.issuers), delays_(options_.retry),
      loop_("publisher", [this] { return turn(); }) {}

void Publisher::change_issuers(std::string issuers) {
    {
        const std::lock_guard lock(issuers_mutex_);
        issuers_told_ = issuers == issuers_ ? issuers_told_ : std::nullopt;
        issuers_ = std::move(issuers);
    }
    loop_.wake();
}

bool Publisher::tell_issuers() {
    std::string issuers;
    const auto now = tools_.clock.now();
    {
        const std::lock_guard lock(issuers_mutex_);
        if (issuers_.empty() || (issuers_told_ && now < *issuers_told_ + options_.tell_issuers_every)) {
            return true;
        }
        issuers = issuers_;
    }
    const auto put = tools_.edge.put_issuers(issuers);
    if (put.has_error()) {
        log_failure("issuers.delayed", {}, put.error());
    }
    const bool edge_is_away = put.has_error() && is_away(put.error());
    const std::lock_guard lock(issuers_mutex_);
    if (!edge_is_away && issuers == issuers_) {  // an edge that declines them is asked again next time
        issuers_told_ = now;
    }
    return !edge_is_away;
}

Loop::Pause Publisher::turn() {
    using Grants = std::vector<storage::core::Grant>;
    using Documents = std::vector<storage::core::Document>;
    const auto grants = tools_.database.read([](storage::Connection& connection) -> storage::Result<Grants> {
        return storage::core::Grants::to_publish(connection, rows_a_turn);
    });
    const auto documents = tools_.database.read([](storage::Connection& connection) -> storage::Result<Documents> {
        return storage::core::Documents::untold(connection, rows_a_turn);
    });
    if (grants.has_error() || documents.has_error()) {
        return options_.retry.after(++failures_);
    }
    tried_ = false;
    const auto all = [this](const auto& rows) {
        return std::ranges::all_of(rows, [this](const auto& row) { return loop_.stopping() || attempt(row); });
    };
    if (!tell_issuers() || !all(*grants) || !all(*documents)) {
        return options_.retry.after(++failures_);
    }
    failures_ = 0;
    return tried_ ? Loop::Pause(0) : options_.look_every;
}

template <class Row>
bool Publisher::attempt(const Row& row) {
    if (!delays_.is_due(row.id.text(), tools_.clock.now())) {
        return true;
    }
    // Built anew from its rows each time.
    const auto published = publish(row);
    if (published.has_value()) {
        delays_.forget(row.id.text());
        tried_ = true;
        return true;
    }
    const bool edge_is_away = is_away(published.error());
    if (!edge_is_away) {
        delays_.failed(row.id.text(), tools_.clock.now());
    }
    return !edge_is_away;
}

crypto::Result<void> Publisher::publish(const storage::core::Grant& grant) {
    const auto now = tools_.clock.now();
    const auto due =
        tools_.database.read([&](storage::Connection& connection) { return read_due(connection, grant.id, case_types_, now); });
    if (due.has_error()) {
        log_failure("posting.delayed", grant.id.text(), due.error());
        return due.error();
    }
    const auto& current = due->around.grant;
    const auto key = envelope_key(current, tools_.keyring, tools_.random);
    if (key.has_error()) {
        log_failure("posting.delayed", grant.id.text(), key.error());
        return key.error();
    }
    const auto core_vkey = tools_.audit.verifier().vkey();
    const EnvelopeFacts facts{
        due->around,
        *due->case_type,
        options_.organisation,
        options_.edge_url,
        options_.edge_log_vkey,
        core_vkey,
        due->asker_name,
        due->asker_phone,
        due->asker_mail,
        consent_state(due->consent),
        due->statement,
        due->since
    };
    const auto envelope =
        crypto::seal_envelope(*key, {current.id.text(), current.version}, crypto::as_bytes(format_envelope(facts)), tools_.random);
    const auto posting =
        format_posting({current, due->around.request, due->case_type->limits, due->around.dossier.case_type_sha256, envelope, due->machines}
        );
    const auto put = tools_.edge.put_posting(current.id, posting);
    if (put.has_error()) {
        log_failure("posting.delayed", grant.id.text(), put.error());
        return put.error();
    }
    const auto marked = tools_.database.commit([&current](storage::Connection& connection) -> storage::Result<void> {
        storage::core::Grants::published(connection, current.id, current.version);
        return {};
    });
    log_event("posting.published", {{"grant", current.id.text()}, {"version", current.version}});
    return marked;
}

crypto::Result<void> Publisher::publish(const storage::core::Document& document) {
    OutcomeFacts facts{document.upload, document.state, document.reason, document.decided_at.value_or(document.accepted_at), {}, {}};
    const auto key = tools_.database.read([&](storage::Connection& connection) -> crypto::Result<crypto::Secret<32>> {
        if (document.state == policies::DocumentState::filed && document.log_index) {
            const auto receipt = tools_.audit.receipt(connection, *document.log_index);
            if (receipt.has_error()) {
                return receipt.error();
            }
            facts.receipt = crypto::format_receipt(*receipt);
            facts.disclosures = tools_.audit.disclosures(connection, *document.log_index);
        }
        const auto grant = storage::core::Grants::find(connection, document.grant);
        if (!grant) {
            return storage::Errc::not_found;
        }
        return envelope_key(*grant, tools_.keyring, tools_.random);
    });
    if (key.has_error()) {
        log_failure("outcome.delayed", document.id.text(), key.error());
        return key.error();
    }
    const auto text = format_outcome(facts);
    const auto version = document.outcome_version;
    SealedOutcome outcome{
        version, crypto::seal_envelope(*key, {document.grant.text(), version}, crypto::as_bytes(text), tools_.random), true, false
    };
    outcome.keep = !policies::is_final(document.state);
    outcome.place_free = !outcome.keep && document.state != policies::DocumentState::filed;
    const auto put = tools_.edge.put_outcome(document.upload, outcome);
    // An upload that the edge no longer knows has nobody to be told there any more.
    if (put.has_error() && put.error() != LinkErrc::gone) {
        log_failure("outcome.delayed", document.id.text(), put.error());
        return put.error();
    }
    const auto marked = tools_.database.commit([&document, version](storage::Connection& connection) -> storage::Result<void> {
        storage::core::Documents::outcome_published(connection, document.id, version);
        return {};
    });
    log_event("outcome.published", {{"document", document.id.text()}, {"version", version}, {"known", put.has_value()}});
    return marked;
}

}  // namespace gateway::core
