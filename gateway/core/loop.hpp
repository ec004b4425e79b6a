// A plain thread that does one turn after another: router, publisher and notifier each have one. Between turns it sleeps as long as the
// turn said, or until wake(). A turn that throws is logged by its type and repeated after `after_failure`: nothing here ends the program.
// start() and stop() belong to the owner; wake() and stopping() to any thread. stop() waits for the turn that runs.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

namespace gateway::core {

class Loop final {
public:
    using Pause = std::chrono::milliseconds;
    static constexpr Pause after_failure{5'000};

    Loop(std::string name, std::function<Pause()> turn);
    ~Loop();
    Loop(const Loop&) = delete;
    Loop& operator=(const Loop&) = delete;

    void start();
    void stop();
    void wake();
    bool stopping() const;

private:
    void run();
    std::string name_;
    std::function<Pause()> turn_;
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    bool stopping_ = false;
    bool woken_ = false;
    std::thread thread_;
};

// Doubling waits: first, 2 × first, … at most `longest`. Pure, so that a test can read the whole schedule.
struct Backoff {
    Loop::Pause first{500};
    Loop::Pause longest{30'000};
    Loop::Pause after(std::uint64_t failures) const noexcept;  // failures in a row, 1 is the first
};

}  // namespace gateway::core
