// How slow a body may be: an account of waiting time. It starts at `grace`, waiting takes from it, every byte gives back what it may
// cost at `limits::body_pace_min`, and it never holds more than `grace`. Only waiting for the peer counts, not our own disk. Pure.
#pragma once

#include "gateway/limits.hpp"

#include <algorithm>

namespace gateway::http {

class Pace {
public:
    using Microseconds = std::chrono::microseconds;

    explicit Pace(std::chrono::milliseconds grace) : grace_(grace), left_(grace) {}

    Microseconds left() const noexcept { return left_; }  // how long the next wait may be; 0: too slow

    void waited(Microseconds time, std::size_t bytes) noexcept {
        constexpr std::uint64_t second = 1'000'000;
        const auto earned = Microseconds(static_cast<std::int64_t>(bytes * second / limits::body_pace_min));
        left_ = std::clamp(left_ - time + earned, Microseconds(0), grace_);
    }

private:
    Microseconds grace_;
    Microseconds left_;
};

}  // namespace gateway::http
