// Core as the witness of the edge's log: reads on from where it stands, recomputes the root with its own frontier, and takes what was
// added only when the pinned key signed exactly that root. New size, audit entry `edge-log.witnessed` and one document row for each
// accepted upload are written in one transaction, so an entry is acted on once.
// Errors: WitnessErrc::inconsistent when the log was rewritten, cut or signed by somebody else (the caller stops pulling); those of
// EdgeLink when the edge was not reached; storage::Errc when nothing could be written.
#pragma once

#include "crypto/merkle/checkpoint.hpp"
#include "gateway/core/router/tools.hpp"

namespace gateway::core::router {

enum class WitnessErrc { inconsistent = 1 };
const boost::system::error_category& witness_category() noexcept;
boost::system::error_code make_error_code(WitnessErrc error) noexcept;

class Witness final {
public:
    explicit Witness(const Tools& tools) : tools_(tools) {}

    crypto::Result<std::uint64_t> pull();  // how many entries were added
    // The audit entry about a log that lies; the newest note that was seen says to a third party that it did.
    crypto::Result<void> record_inconsistency();

private:
    crypto::Result<std::vector<crypto::Bytes>> fetch_up_to(EdgeLogPage page, std::uint64_t from, std::uint64_t size);
    crypto::Result<void>
    take(const crypto::merkle::Frontier& before, std::span<const crypto::Bytes> entries, const crypto::merkle::Checkpoint& checkpoint);
    crypto::Result<void> inconsistent(std::string why);

    const Tools& tools_;
    std::string note_;  // the checkpoint of the pull that runs
    std::string why_;   // of the inconsistency
};

}  // namespace gateway::core::router

template <>
struct boost::system::is_error_code_enum<gateway::core::router::WitnessErrc> : std::true_type {};
