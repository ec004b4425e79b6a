// One document's way from the edge's vault into the case store, step by step as delivery_table.hpp says. Every step can be repeated:
// rows move in one direction only, a half-written blob is replaced, and what the edge holds stays until core has published its word.
// The consent gate stands in the transaction that lets the document in, in the one that moves it to `filing`, right before the case
// store is told, and in the one that files it: a withdrawal that committed before any of them wins.
#pragma once

#include "gateway/core/router/delivery_table.hpp"
#include "gateway/core/router/opening.hpp"
#include "gateway/core/router/tools.hpp"
#include "gateway/core/surroundings.hpp"

namespace gateway::core::router {

class Delivery final {
public:
    // `go_on` is asked before each step and while content streams; false leaves the document where it is (the program stops).
    Delivery(const Tools& tools, CaseTypes& case_types, std::function<bool(Step)> go_on);
    Delivery(const Delivery&) = delete;
    Delivery& operator=(const Delivery&) = delete;

    enum class End { decided, paused };
    // An error leaves the document where it is, to be tried again: the edge is away, the disk is full.
    crypto::Result<End> run(const policies::DocumentId& id);

private:
    // Nothing: the step went well. A no: the document ends here, by a finding and perhaps a decision of the gate.
    struct No {
        Finding finding;
        policies::Decision decision{};
    };
    using Stop = std::optional<No>;

    crypto::Result<void> load(const policies::DocumentId& id);
    crypto::Result<Stop> take(Step step);
    crypto::Result<Stop> look();
    crypto::Result<Stop> gate();
    crypto::Result<Stop> open();
    crypto::Result<Stop> begin_filing();
    crypto::Result<Stop> fetch();
    crypto::Result<Stop> ask_again();
    crypto::Result<Stop> store();
    crypto::Result<Stop> record();
    crypto::Result<void> conclude(const No& no);

    policies::Decision ask(storage::Connection& connection, policies::Instant now) const;
    bool too_many(storage::Connection& connection) const;
    bool is_full(storage::Connection& connection) const;  // the dossier, for the manifest's file
    storage::Entry filed_entry(const policies::Decision& yes) const;

    const Tools& tools_;
    CaseTypes& case_types_;
    std::function<bool(Step)> go_on_;

    // What is known of the document that is under way; filled step by step.
    std::optional<storage::core::Document> document_;
    std::optional<Surroundings> around_;
    std::shared_ptr<const policies::CaseType> case_type_;
    std::optional<storage::core::RequestItem> item_;
    std::optional<SealedUpload> upload_;
    std::optional<IntakeKeys> keys_;
    std::optional<crypto::Manifest> manifest_;
    std::optional<ContentReader::Ready> content_;
};

}  // namespace gateway::core::router
