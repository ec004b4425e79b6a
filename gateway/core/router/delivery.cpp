#include "gateway/core/router/delivery.hpp"

#include "crypto/ensure.hpp"
#include "gateway/core/router/telling.hpp"
#include "gateway/log.hpp"
#include "storage/core/audit.hpp"

namespace gateway::core::router {

namespace ledger = storage::core;
using policies::DocumentState;

namespace {

std::int64_t integer(std::uint64_t count) {
    return static_cast<std::int64_t>(count);
}

}  // namespace

Delivery::Delivery(const Tools& tools, CaseTypes& case_types, std::function<bool(Step)> go_on)
    : tools_(tools), case_types_(case_types), go_on_(std::move(go_on)) {}

crypto::Result<Delivery::End> Delivery::run(const policies::DocumentId& id) {
    if (const auto loaded = load(id); loaded.has_error()) {
        return loaded.error();
    }
    if (policies::is_final(document_->state)) {
        return End::decided;
    }
    for (std::optional<Step> step = first_step(); step; step = step_after(*step, document_->state)) {
        if (!go_on_(*step)) {
            return End::paused;
        }
        const auto stop = take(*step);
        if (stop.has_error()) {
            return stop.error();
        }
        if (*stop) {
            if (const auto concluded = conclude(**stop); concluded.has_error()) {
                return concluded.error();
            }
            return End::decided;
        }
    }
    return End::decided;
}

crypto::Result<void> Delivery::load(const policies::DocumentId& id) {
    return tools_.database.read([this, &id](storage::Connection& connection) -> storage::Result<void> {
        document_ = ledger::Documents::find(connection, id);
        if (!document_) {
            return storage::Errc::not_found;
        }
        auto around = surroundings_of(connection, document_->grant);
        if (around.has_error()) {
            return around.error();
        }
        around_.emplace(std::move(*around));
        auto found = ledger::Requests::find_item(connection, document_->item);
        if (!found) {
            return storage::Errc::not_found;
        }
        item_ = std::move(found->item);
        auto case_type = case_types_.find(connection, around_->dossier.case_type_sha256);
        if (case_type.has_error()) {
            return case_type.error();
        }
        case_type_ = std::move(*case_type);
        return {};
    });
}

crypto::Result<Delivery::Stop> Delivery::take(Step step) {
    switch (step) {
    case Step::look:
        return look();
    case Step::gate:
        return gate();
    case Step::open_manifest:
        return open();
    case Step::begin_filing:
        return begin_filing();
    case Step::fetch:
        return fetch();
    case Step::ask_again:
        return ask_again();
    case Step::store:
        return store();
    case Step::record:
        return record();
    }
    crypto::ensure(false, "every step is taken somewhere");
    return Stop();
}

policies::Decision Delivery::ask(storage::Connection& connection, policies::Instant now) const {
    auto decision = decide(connection, *case_type_, *around_, item_->type, policies::Gate::route, now);
    // A grant that a withdrawal stopped stays stopped, with what needed no consent too: a consent given anew is for a new request, not
    // for what was sent under the old.
    const auto grant = ledger::Grants::find(connection, document_->grant);
    if (decision.permit && grant && grant->state == policies::GrantState::withdrawn) {
        decision.permit = false;
        decision.reason = "withdrawn";
    }
    return decision;
}

bool Delivery::too_many(storage::Connection& connection) const {
    std::uint64_t filed = 0;
    for (const auto& other : ledger::Documents::of_item(connection, document_->item)) {
        filed += other.state == DocumentState::filed ? 1U : 0U;
    }
    return filed >= item_->files_max;
}

bool Delivery::is_full(storage::Connection& connection) const {
    const auto filed = ledger::Documents::filed_in(connection, document_->dossier);
    const auto& limits = case_type_->limits;
    return filed.files >= limits.files_max || filed.bytes > limits.dossier_bytes_max ||
           manifest_->size > limits.dossier_bytes_max - filed.bytes;
}

crypto::Result<Delivery::Stop> Delivery::look() {
    auto upload = tools_.edge.upload(document_->upload);
    if (upload.has_error()) {
        if (upload.error() == LinkErrc::gone) {
            return Stop(No{Finding::gone});
        }
        return upload.error();
    }
    if (!fits_leaf(*upload, *document_)) {
        return Stop(No{Finding::changed});
    }
    upload_.emplace(std::move(*upload));
    return Stop();
}

crypto::Result<Delivery::Stop> Delivery::gate() {
    const auto now = tools_.clock.now();
    return tools_.database.commit([this, now](storage::Connection& connection) -> storage::Result<Stop> {
        const auto decision = ask(connection, now);
        if (!decision.permit) {
            return Stop(No{finding_of(decision), decision});
        }
        if (document_->state != DocumentState::accepted) {
            return Stop();  // got further before the last stop
        }
        if (const auto moved = ledger::Documents::start_checking(connection, document_->id); moved.has_error()) {
            return moved.error();
        }
        document_->state = DocumentState::checking;
        return Stop();
    });
}

crypto::Result<Delivery::Stop> Delivery::open() {
    auto keys = intake_keys(around_->grant, tools_.keyring);
    if (keys.has_error()) {
        return keys.error();
    }
    if (const auto* finding = std::get_if<Finding>(&*keys)) {
        return Stop(No{*finding});
    }
    keys_.emplace(std::move(std::get<IntakeKeys>(*keys)));
    auto manifest = open_manifest(*upload_, *document_, *keys_, item_->file_bytes_max);
    if (const auto* finding = std::get_if<Finding>(&manifest)) {
        return Stop(No{*finding});
    }
    manifest_ = std::move(std::get<crypto::Manifest>(manifest));
    return Stop();
}

crypto::Result<Delivery::Stop> Delivery::begin_filing() {
    const auto now = tools_.clock.now();
    return tools_.database.commit([this, now](storage::Connection& connection) -> storage::Result<Stop> {
        const auto decision = ask(connection, now);
        if (!decision.permit) {
            return Stop(No{finding_of(decision), decision});
        }
        if (too_many(connection)) {
            return Stop(No{Finding::too_many, decision});
        }
        if (is_full(connection)) {
            return Stop(No{Finding::dossier_full, decision});
        }
        const auto* type = case_type_->document(item_->type);
        const auto compartment =
            type == nullptr ? std::nullopt : ledger::Dossiers::compartment(connection, document_->dossier, type->compartment);
        if (!compartment) {
            return storage::Errc::not_found;
        }
        const ledger::Filing filing{
            manifest_->name,
            manifest_->type,
            manifest_->size,
            manifest_->sha256,
            compartment->id,
            document_->id.text(),
            decision.consent,
            decision.epoch
        };
        if (const auto moved = ledger::Documents::start_filing(connection, document_->id, filing); moved.has_error()) {
            return moved.error();
        }
        document_->filing = filing;
        document_->state = DocumentState::filing;
        return Stop();
    });
}

crypto::Result<Delivery::Stop> Delivery::fetch() {
    const auto recipient_text = tools_.database.read([this](storage::Connection& connection) -> storage::Result<std::string> {
        const auto compartment = ledger::Dossiers::compartment(connection, document_->filing->compartment);
        if (!compartment) {
            return storage::Errc::not_found;
        }
        return compartment->recipient;
    });
    if (recipient_text.has_error()) {
        return recipient_text.error();
    }
    const auto recipient = crypto::age::X25519Recipient::parse(*recipient_text);
    if (recipient.has_error()) {
        return recipient.error();
    }
    // Whatever an interrupted try left is not in any row yet: it is replaced.
    if (const auto removed = tools_.case_store.remove(document_->id); removed.has_error()) {
        return removed.error();
    }
    auto payload = tools_.case_store.begin(document_->id);
    if (payload.has_error()) {
        return payload.error();
    }
    const Expected expected{document_->cipher_size, document_->cipher_sha256, manifest_->size, manifest_->sha256};
    ContentReader reader(*keys_, *recipient, std::move(*payload), expected, tools_.random);
    bool useless = false;
    const auto fetched = tools_.edge.fetch_content(document_->upload, [this, &reader, &useless](crypto::ByteView bytes) {
        useless = !reader.feed(bytes);
        return !useless && go_on_(Step::fetch);
    });
    if (fetched.has_error() && !useless) {
        if (fetched.error() == LinkErrc::gone) {
            return Stop(No{Finding::gone});
        }
        return fetched.error();
    }
    auto content = reader.finish();
    if (content.has_error()) {
        return content.error();
    }
    if (const auto* finding = std::get_if<Finding>(&*content)) {
        return Stop(No{*finding});
    }
    content_.emplace(std::move(std::get<ContentReader::Ready>(*content)));
    return Stop();
}

crypto::Result<Delivery::Stop> Delivery::ask_again() {
    const auto now = tools_.clock.now();
    return tools_.database.read([this, now](storage::Connection& connection) -> storage::Result<Stop> {
        const auto decision = ask(connection, now);
        return decision.permit ? Stop() : Stop(No{finding_of(decision), decision});
    });
}

crypto::Result<Delivery::Stop> Delivery::store() {
    const auto filed = tools_.case_store.file(std::move(content_->payload), content_->header);
    content_.reset();
    if (filed.has_error()) {
        return filed.error();
    }
    return Stop();
}

storage::Entry Delivery::filed_entry(const policies::Decision& yes) const {
    storage::Entry entry{
        "document.filed",
        {{"upload", document_->upload.text()},
         {"document", document_->id.text()},
         {"dossier", document_->dossier.text()},
         {"grant", document_->grant.text()},
         {"item", document_->item.text()},
         {"sha256", document_->cipher_sha256.hex()},
         {"policy", around_->dossier.case_type_sha256.hex()},
         {"edgeIndex", integer(document_->edge_index)}},
        {{"plainSha256", manifest_->sha256.hex()}, {"name", manifest_->name}}
    };
    if (yes.consent) {
        entry.fields["consent"] = yes.consent->text();
        entry.fields["epoch"] = integer(yes.epoch);
    }
    return entry;
}

crypto::Result<Delivery::Stop> Delivery::record() {
    const auto now = tools_.clock.now();
    const auto recorded = tools_.database.commit([this, now](storage::Connection& connection) -> storage::Result<Stop> {
        const auto decision = ask(connection, now);
        if (!decision.permit) {
            return Stop(No{finding_of(decision), decision});
        }
        if (too_many(connection) || is_full(connection)) {  // another thread filed in the meantime
            return Stop(No{too_many(connection) ? Finding::too_many : Finding::dossier_full, decision});
        }
        const auto index = ledger::record(connection, tools_.audit, filed_entry(decision), now);
        if (const auto filed = ledger::Documents::file(connection, document_->id, index, now); filed.has_error()) {
            return filed.error();
        }
        tell(connection, *around_, DocumentState::filed, {tools_.console_url, tools_.mail_host, tools_.random}, now);
        return Stop();
    });
    if (recorded.has_value() && !*recorded) {
        log_event("document.filed", {{"document", document_->id.text()}, {"upload", document_->upload.text()}});
    }
    return recorded;
}

crypto::Result<void> Delivery::conclude(const No& no) {
    // Blobs first: after the verdict nobody would look for them again.
    content_.reset();
    if (const auto removed = tools_.case_store.remove(document_->id); removed.has_error()) {
        return removed;
    }
    const auto verdict = verdict_of(no.finding);
    const auto now = tools_.clock.now();
    const auto concluded = tools_.database.commit([&](storage::Connection& connection) -> storage::Result<void> {
        if (const auto decided = ledger::Documents::decide(connection, document_->id, verdict.state, verdict.code, now);
            decided.has_error()) {
            return decided;
        }
        storage::Entry entry{
            "document.refused",
            {{"upload", document_->upload.text()},
             {"document", document_->id.text()},
             {"dossier", document_->dossier.text()},
             {"grant", document_->grant.text()},
             {"item", document_->item.text()},
             {"state", std::string(policies::text_of(verdict.state))},
             {"reason", no.decision.reason.empty() || no.decision.permit ? std::string(verdict.cause) : no.decision.reason},
             {"rule", no.decision.rule},
             {"epoch", integer(no.decision.epoch)},
             {"policy", around_->dossier.case_type_sha256.hex()},
             {"edgeIndex", integer(document_->edge_index)}},
            {}
        };
        if (no.decision.consent) {
            entry.fields["consent"] = no.decision.consent->text();
        }
        ledger::record(connection, tools_.audit, entry, now);
        tell(connection, *around_, verdict.state, {tools_.console_url, tools_.mail_host, tools_.random}, now);
        return {};
    });
    if (concluded.has_value()) {
        log_event("document.refused", {{"document", document_->id.text()}, {"upload", document_->upload.text()}, {"cause", verdict.cause}});
    }
    return concluded;
}

}  // namespace gateway::core::router
