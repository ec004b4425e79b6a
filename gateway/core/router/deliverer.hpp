// A thread that carries documents that are under way as far as they get, one after the other, oldest first. It works off rows alone: a
// kill at any moment costs a repetition. `tools.edge` is used by this thread only.
#pragma once

#include "gateway/core/delays.hpp"
#include "gateway/core/loop.hpp"
#include "gateway/core/router/tools.hpp"
#include "gateway/core/surroundings.hpp"
#include "storage/core/documents.hpp"

namespace gateway::core::router {

struct DelivererOptions {
    Loop::Pause look_every{1'000};
    Backoff when_it_fails{};  // one document, for a reason of ours or the edge's
};

class Deliverer final {
public:
    // Carries the documents of these sizes. `on_verdict`: called on this thread after a document got its verdict.
    Deliverer(Tools tools, storage::core::Documents::Sizes sizes, DelivererOptions options, std::function<void()> on_verdict);

    Loop& loop() noexcept { return loop_; }
    Loop::Pause turn();

private:
    Tools tools_;
    storage::core::Documents::Sizes sizes_;
    DelivererOptions options_;
    std::function<void()> on_verdict_;
    CaseTypes case_types_;
    Delays delays_;
    Loop loop_;
};

}  // namespace gateway::core::router
