// Rows that failed, and when each may be tried again: one that always fails slows down itself and nobody else. One thread; forgotten with
// the program, after which everything is tried anew.
#pragma once

#include "gateway/core/loop.hpp"
#include "policies/instant.hpp"

#include <map>
#include <string>

namespace gateway::core {

class Delays final {
public:
    explicit Delays(Backoff pace) : pace_(pace) {}

    bool is_due(const std::string& row, policies::Instant now) const {
        const auto found = waits_.find(row);
        return found == waits_.end() || now >= found->second.until;
    }
    void failed(const std::string& row, policies::Instant now) {
        auto& [failures, until] = waits_[row];
        until = now + std::chrono::microseconds(pace_.after(++failures)).count();
    }
    void forget(const std::string& row) { waits_.erase(row); }

private:
    struct Wait {
        std::uint64_t failures = 0;
        policies::Instant until;
    };
    Backoff pace_;
    std::map<std::string, Wait> waits_;
};

}  // namespace gateway::core
