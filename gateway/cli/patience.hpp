// How long a broken line or a busy server is waited for: half a second, then twice as long each time, up to half a minute, and over when
// nothing went forward for the time given. Pure: time comes from the caller.
#pragma once

#include <chrono>
#include <optional>

namespace gateway::cli {

class Patience {
public:
    using Time = std::chrono::steady_clock::time_point;
    using Pause = std::chrono::milliseconds;
    static constexpr Pause first_pause{500};
    static constexpr Pause longest_pause{30'000};

    explicit Patience(std::chrono::seconds longest) noexcept : longest_(longest) {}

    // How long to wait before the next try; nothing when it is over. `asked`: what the server said in Retry-After, in whole seconds; it
    // is waited for even when it is longer than a pause of ours, but not beyond the end.
    std::optional<Pause> next(Time now, std::optional<std::chrono::seconds> asked = {}) noexcept;
    void progress() noexcept;  // something went forward: all over again

private:
    std::chrono::seconds longest_;
    Pause pause_ = first_pause;
    std::optional<Time> since_;  // of the first failure after the last progress
};

}  // namespace gateway::cli
