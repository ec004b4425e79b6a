#include "gateway/core/desk.hpp"

#include "crypto/ensure.hpp"
#include "crypto/open/identity.hpp"
#include "gateway/core/desk_fields.hpp"

namespace gateway::core {

namespace {

using namespace storage::core;
using namespace desk;

std::optional<Refusal> fault_in(const NewDossier& wanted) {
    if (!is_case_number(wanted.case_number)) {
        return invalid("caseNumber: letters, digits and - _ . / only, at most 64");
    }
    if (!is_line(wanted.subject, name_max)) {
        return invalid("subject: one line, at most 200 bytes");
    }
    return std::nullopt;
}

// Each compartment gets its own key pair; the identity leaves this function sealed only.
std::vector<CompartmentKeys>
make_compartments(const DeskTools& tools, const policies::CaseType& rules, const policies::DossierId& dossier) {
    std::vector<CompartmentKeys> all;
    for (const auto& compartment : rules.compartments) {
        const auto identity = crypto::open::X25519Identity::generate(tools.random);
        const auto text = identity.text();
        all.push_back(CompartmentKeys{
            .id = new_id<policies::CompartmentId>(tools.random),
            .dossier = dossier,
            .name = compartment.id,
            .recipient = identity.recipient().text(),
            .sealed_identity = tools.keyring.seal(text.expose(), tools.random),
        });
    }
    return all;
}

}  // namespace

Deed<policies::DossierId> Desk::open_dossier(const Actor& actor, const NewDossier& wanted) {
    using Answer = std::variant<policies::DossierId, Refusal>;
    if (!actor.is(policies::Role::handler)) {
        return Answer(not_found());
    }
    if (auto fault = fault_in(wanted)) {
        return Answer(std::move(*fault));
    }
    const auto type = tools_.case_types.current(wanted.case_type);
    if (!type) {
        return Answer(invalid("caseType: there is no such case type"));
    }
    const auto now = tools_.clock.now();
    const auto id = new_id<policies::DossierId>(tools_.random);
    const auto compartments = make_compartments(tools_, type->rules, id);
    return tools_.database.commit([&](storage::Connection& connection) -> storage::Result<Answer> {
        Dossier dossier{
            .id = id,
            .case_number = wanted.case_number,
            .case_type = type->rules.id,
            .case_type_version = type->rules.version,
            .case_type_sha256 = type->sha256,
            .subject = wanted.subject,
            .status = "in-treatment",
            .handler = actor.id,
            .advising_doctor = std::nullopt,
            .opened_at = now,
            .closed_at = std::nullopt,
        };
        if (wanted.advising_doctor) {
            const auto doctor = Staff::find_user(connection, *wanted.advising_doctor);
            if (!doctor || !doctor->is(policies::Role::advising_doctor)) {
                return Answer(invalid("advisingDoctor: no advising doctor has this user name"));
            }
            dossier.advising_doctor = doctor->id;
        }
        if (Dossiers::add(connection, dossier).has_error()) {
            return Answer(Refusal{Refusal::Kind::conflict, "caseNumber: a dossier has it already"});
        }
        for (const auto& compartment : compartments) {
            Dossiers::add_compartment(connection, compartment);
        }
        const storage::Entry entry{
            "dossier.opened",
            {{"dossier", id.text()}, {"staff", actor.id.text()}, {"policy", type->sha256.hex()}},
            {{"caseNumber", wanted.case_number}, {"subject", wanted.subject}},
        };
        record(connection, tools_.audit, entry, now);
        return Answer(id);
    });
}

Deed<policies::PartyId> Desk::add_party(const Actor& actor, const policies::DossierId& dossier, const NewParty& wanted) {
    using Answer = std::variant<policies::PartyId, Refusal>;
    if (!is_line(wanted.name, name_max)) {
        return Answer(invalid("name: one line, at most 200 bytes"));
    }
    if (!is_mail(wanted.mail)) {
        return Answer(invalid("mail: must be a mail address"));
    }
    const auto now = tools_.clock.now();
    const auto id = new_id<policies::PartyId>(tools_.random);
    return tools_.database.commit([&](storage::Connection& connection) -> storage::Result<Answer> {
        const auto own = own_dossier(connection, actor, dossier);
        const auto type = own ? tools_.case_types.find(own->case_type_sha256) : nullptr;
        if (!type) {
            return Answer(not_found());
        }
        const auto* role = type->rules.party(wanted.role);
        if (role == nullptr || !role->external) {
            return Answer(invalid("role: the case type has no such party"));
        }
        Parties::add(connection, {id, dossier, wanted.role, wanted.name, wanted.mail, now});
        const storage::Entry entry{
            "party.added",
            {{"dossier", dossier.text()}, {"party", id.text()}, {"role", wanted.role}, {"staff", actor.id.text()}},
            {{"name", wanted.name}, {"mail", wanted.mail}},
        };
        record(connection, tools_.audit, entry, now);
        return Answer(id);
    });
}

bool may_see(const StaffMember& staff, const Dossier& dossier) noexcept {
    return staff.is(policies::Role::dpo) || (staff.is(policies::Role::handler) && dossier.handler == staff.id) ||
           (staff.is(policies::Role::advising_doctor) && dossier.advising_doctor == staff.id);
}

}  // namespace gateway::core
