// The release publisher: the thread that brings released documents to the edge and takes them back. It works off the rows of releases: a
// kill between a call and our row costs one call more, since the edge knows what it has and what was withdrawn. Taking back comes first,
// and breaks off a push that runs. The file is the row's header and the case store's payload; nothing is opened here.
// Everything in the tools is owned by main and outlives it; `edge` is used by this thread only.
#pragma once

#include "gateway/clock.hpp"
#include "gateway/core/delays.hpp"
#include "gateway/core/edge_link.hpp"
#include "gateway/core/keyring.hpp"
#include "gateway/core/loop.hpp"
#include "gateway/core/surroundings.hpp"
#include "storage/core/case_store.hpp"
#include "storage/core/releases.hpp"
#include "storage/database.hpp"

namespace gateway::core {

struct ReleasePublisherTools {
    storage::Database& database;
    const storage::core::CaseStore& case_store;
    const Keyring& keyring;
    ReleaseLink& edge;
    const Clock& clock;
    crypto::Random& random;
};

struct ReleasePublisherOptions {
    Loop::Pause look_every{1'000};
    Loop::Pause ask_every{1'000};  // a push that runs asks so often whether it may go on
    Backoff retry{};
};

class ReleasePublisher final {
public:
    ReleasePublisher(ReleasePublisherTools tools, ReleasePublisherOptions options);

    void start() { loop_.start(); }
    void stop() { loop_.stop(); }
    void wake() { loop_.wake(); }

    Loop::Pause turn();  // one turn, for tests

private:
    class File;
    enum class Did { nothing, something };
    crypto::Result<Did> take_back();
    crypto::Result<Did> push_one();
    crypto::Result<void> push(const storage::core::Release& release);
    bool may_go_on();
    Loop::Pause failed();

    ReleasePublisherTools tools_;
    ReleasePublisherOptions options_;
    CaseTypes case_types_;
    std::uint64_t failures_ = 0;  // of the edge, in a row
    Delays delays_;               // of single releases
    Loop loop_;
};

}  // namespace gateway::core
