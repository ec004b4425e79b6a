// Cases and their compartments. The case number is unique and the only reference people see; the case type is pinned by its SHA-256.
// A compartment has a key pair of its own: the recipient in clear, the identity sealed to the key-encryption recipient (keyring).
#pragma once

#include "crypto/digest.hpp"
#include "policies/ids.hpp"
#include "policies/instant.hpp"
#include "storage/connection.hpp"

namespace storage::core {

struct Dossier {
    policies::DossierId id;
    std::string case_number;
    std::string case_type, case_type_version;
    crypto::Digest case_type_sha256;
    std::string subject;  // the person or project; shown to those who work on it
    std::string status;
    policies::StaffId handler;
    std::optional<policies::StaffId> advising_doctor;
    policies::Instant opened_at;
    std::optional<policies::Instant> closed_at;
};

struct CompartmentKeys {
    policies::CompartmentId id;
    policies::DossierId dossier;
    std::string name;  // of the case type: "medical"
    std::string recipient;
    crypto::Bytes sealed_identity;  // keyring; empty once destroyed
};

class Dossiers final {
public:
    static Result<void> add(Connection& connection, const Dossier& dossier);  // conflict: the number is taken
    static void add_compartment(Connection& connection, const CompartmentKeys& keys);
    static std::optional<Dossier> find(Connection& connection, const policies::DossierId& id);
    static std::optional<Dossier> find_number(Connection& connection, std::string_view case_number);
    static std::vector<Dossier> all(Connection& connection);  // newest first
    static std::vector<Dossier> of_handler(Connection& connection, const policies::StaffId& staff);
    static std::vector<Dossier> of_advising_doctor(Connection& connection, const policies::StaffId& staff);
    static std::optional<CompartmentKeys> compartment(Connection& connection, const policies::DossierId& dossier, std::string_view name);
    static std::optional<CompartmentKeys> compartment(Connection& connection, const policies::CompartmentId& id);
    static void
    destroy_keys(Connection& connection, const policies::DossierId& dossier);  // of its compartments; what they opened is closed
    static std::vector<CompartmentKeys> compartments(Connection& connection, const policies::DossierId& dossier);
};

}  // namespace storage::core
