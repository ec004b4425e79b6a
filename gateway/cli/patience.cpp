#include "gateway/cli/patience.hpp"

#include <algorithm>

namespace gateway::cli {

std::optional<Patience::Pause> Patience::next(Time now, std::optional<std::chrono::seconds> asked) noexcept {
    const Time since = since_.value_or(now);
    since_ = since;
    const auto left = std::chrono::duration_cast<Pause>(since + longest_ - now);
    if (left <= Pause::zero()) {
        return std::nullopt;
    }
    const Pause wanted = std::max(pause_, asked ? Pause(std::min(*asked, longest_)) : Pause::zero());
    pause_ = std::min(pause_ * 2, longest_pause);
    return std::min(wanted, left);
}

void Patience::progress() noexcept {
    since_.reset();
    pause_ = first_pause;
}

}  // namespace gateway::cli
