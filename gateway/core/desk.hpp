// The acts of staff, each in one transaction with its audit entry, notices and mails: open a dossier, add a party, register and withdraw
// a consent, ask for documents, give a contractor a credential, let a machine speak, read and release a document. The console calls it; no
// HTTP. Whoever acts is checked here too: a dossier of somebody else is refused as if it were not there. Blocks on the database; any thread
// but the I/O thread.
// Texts come from people: they are checked for length and control characters, never for sense.
#pragma once

#include "gateway/clock.hpp"
#include "gateway/core/case_type_shelf.hpp"
#include "gateway/core/desk_orders.hpp"
#include "gateway/core/keyring.hpp"
#include "policies/access.hpp"
#include "storage/core/dossiers.hpp"
#include "storage/core/parties.hpp"
#include "storage/core/staff.hpp"
#include "storage/merkle_log.hpp"

#include <functional>

namespace gateway::core {

struct Refusal {
    enum class Kind { not_found, conflict, invalid, consent_missing } kind;
    std::string detail;  // for developers and handlers: names the field, or the consent and why it does not permit
};

// Done, or refused by a rule (nothing was changed but the log), or the database failed.
template <class T>
using Deed = storage::Result<std::variant<T, Refusal>>;

struct DeskTools {
    storage::Database& database;
    storage::MerkleLog& audit;
    const Keyring& keyring;
    const CaseTypeShelf& case_types;
    const Clock& clock;
    crypto::Random& random;
    std::string edge_url;  // "https://upload.city.example", where links lead
    const std::string& console_url;  // for mails to staff; owned by main, known once the listener has its port
    std::string mail_host;  // right of the @ in message ids
};

class Desk final {
public:
    using Actor = storage::core::StaffMember;

    explicit Desk(DeskTools tools) : tools_(std::move(tools)) {}

    Deed<policies::DossierId> open_dossier(const Actor& actor, const NewDossier& wanted);
    Deed<policies::PartyId> add_party(const Actor& actor, const policies::DossierId& dossier, const NewParty& wanted);
    Deed<policies::ConsentId> register_consent(const Actor& actor, const policies::DossierId& dossier, const NewConsent& wanted);

    // Raises the epoch; grants that no longer have the consent they need become *withdrawn*, each with a new posting version, and
    // handler, advising doctor and uploaders are told. Gives how many grants were withdrawn.
    Deed<std::size_t> withdraw_consent(const Actor& actor, const policies::ConsentId& consent, const std::string& reason);

    // The invite gate: without the consent it needs nothing is sent, and the refusal says which one is missing.
    Deed<MadeRequest> make_request(const Actor& actor, const policies::DossierId& dossier, const NewRequest& wanted);

    // API credentials: more grants of a request, for a contractor's program. The same invite gate; consents and withdrawals reach them as
    // they reach the mailed link. conflict: the request takes nothing more, it has enough of them, or this one is not in use any more.
    Deed<MadeCredential> make_credential(const Actor& actor, const policies::RequestId& request, const NewCredential& wanted);
    // A new one with the same label, items and length of life; the old one works `overlap_hours` longer, never longer than it would have.
    Deed<MadeCredential> rotate_credential(const Actor& actor, const policies::GrantId& credential, std::uint64_t overlap_hours);
    Deed<policies::GrantId> revoke_credential(const Actor& actor, const policies::GrantId& credential);
    // A document that the actor may read becomes readable for the party of a request of the same dossier, until a time. `rewrap` makes
    // its header for the reader ("age1…"), between the decision and the transaction that asks again.
    using Rewrap = std::function<crypto::Result<std::string>(const std::string& reader)>;
    Deed<MadeRelease>
    release_document(const Actor& actor, const policies::DocumentId& document, const NewRelease& wanted, const Rewrap& rewrap);
    Deed<bool> withdraw_release(const Actor& actor, const policies::ReleaseId& release);  // false: it was already
    // Who may speak for a grant besides its link, from the next posting on. Both are done when it was so already. A grant that takes
    // nothing more gets no machine: conflict; the same at 64.
    Deed<policies::GrantId> add_machine(const Actor& actor, const policies::GrantId& grant, const Machine& machine);
    Deed<policies::GrantId> remove_machine(const Actor& actor, const policies::GrantId& grant, const Machine& machine);

    // Decides and logs, permitted or not; the content is opened by the caller, after.
    Deed<std::string> permit_reading(const Actor& actor, const policies::DocumentId& document);  // the file name

private:
    DeskTools tools_;
};

// May this account see the dossier at all: its handler, its advising doctor, or the DPO (who sees no content).
bool may_see(const storage::core::StaffMember& staff, const storage::core::Dossier& dossier) noexcept;

// The reading decision on a document, as the dossier page shows it and permit_reading logs it.
policies::Decision reading_decision(
    storage::Connection& connection,
    const storage::core::StaffMember& staff,
    const storage::core::Dossier& dossier,
    const storage::core::Request& request,
    const policies::CaseType& rules,
    std::string_view document_type,
    policies::Instant now
);

}  // namespace gateway::core
