// One request at a time touches an upload. A newer one (HEAD, PATCH, DELETE, seal) takes over: it makes the running one stop reading its
// body, waits until that has put down what arrived, and goes on. So a client whose line broke resumes at once instead of waiting for
// a dead connection to time out. I/O thread only. Claims may outlive this object.
#pragma once

#include "gateway/http/exchange.hpp"
#include "policies/ids.hpp"

#include <optional>

namespace gateway::edge {

class ActiveUploads {
public:
    ActiveUploads();

    struct Holder;
    struct State;

    class Claim {
    public:
        ~Claim();
        Claim(Claim&& other) noexcept = default;
        Claim& operator=(Claim&&) = delete;
        bool cancelled() const noexcept;  // a newer request waits: stop soon

    private:
        friend class ActiveUploads;
        Claim(std::shared_ptr<State> state, std::shared_ptr<Holder> holder) noexcept;
        std::shared_ptr<State> state_;
        std::shared_ptr<Holder> holder_;
    };

    // Nothing when the older request did not end within limits::takeover. `exchange` outlives the claim.
    boost::asio::awaitable<std::optional<Claim>> claim(policies::UploadId id, http::Exchange& exchange);

    void cancel(const policies::UploadId& id);  // whoever holds it now

private:
    std::shared_ptr<State> state_;
};

}  // namespace gateway::edge
