#include "gateway/core/loop.hpp"

#include "gateway/log.hpp"

#include <exception>
#include <typeinfo>

namespace gateway::core {

Loop::Loop(std::string name, std::function<Pause()> turn) : name_(std::move(name)), turn_(std::move(turn)) {}

Loop::~Loop() {
    stop();
}

void Loop::start() {
    const std::lock_guard lock(mutex_);
    if (!thread_.joinable()) {
        stopping_ = false;
        thread_ = std::thread([this] { run(); });
    }
}

void Loop::stop() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    changed_.notify_all();
    if (thread_.joinable()) {
        thread_.join();
    }
}

void Loop::wake() {
    {
        const std::lock_guard lock(mutex_);
        woken_ = true;
    }
    changed_.notify_all();
}

bool Loop::stopping() const {
    const std::lock_guard lock(mutex_);
    return stopping_;
}

void Loop::run() {
    while (!stopping()) {
        Pause pause = after_failure;
        try {
            pause = turn_();
        } catch (const std::exception& failure) {
            // The text may hold what must not be logged; the type says enough to find the place.
            log_event("loop.failed", {{"loop", name_}, {"type", typeid(failure).name()}});
        }
        std::unique_lock lock(mutex_);
        changed_.wait_for(lock, pause, [this] { return stopping_ || woken_; });
        woken_ = false;
    }
}

Loop::Pause Backoff::after(std::uint64_t failures) const noexcept {
    auto wait = first;
    for (std::uint64_t step = 1; step < failures && wait < longest; ++step) {
        wait *= 2;
    }
    return std::min(wait, longest);
}

}  // namespace gateway::core
