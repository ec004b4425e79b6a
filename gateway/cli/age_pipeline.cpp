#include "gateway/cli/age_pipeline.hpp"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <new>
#include <sched.h>
#include <system_error>
#include <thread>
#include <vector>

namespace gateway::cli {

namespace {

constexpr unsigned threads_max = 4;  // from there on reading and writing are what takes the time

// Begins where a page begins. Behind malloc's sixteen bytes, copying from the page cache takes five times as long: each load waits for the
// store before it, whose address ends in the same twelve bits.
class PageAligned {
public:
    explicit PageAligned(std::size_t size) : bytes_(static_cast<std::uint8_t*>(::operator new(size, page))), size_(size) {}
    std::span<std::uint8_t> all() const { return {bytes_.get(), size_}; }
    crypto::ByteView first(std::size_t size) const { return crypto::ByteView(all()).first(size); }
    std::size_t size() const { return size_; }

private:
    static constexpr std::align_val_t page{4096};
    struct Free {
        void operator()(std::uint8_t* bytes) const noexcept { ::operator delete(bytes, page); }
    };
    std::unique_ptr<std::uint8_t, Free> bytes_;
    std::size_t size_;
};

// Those this process may use; taskset(1) and containers give it fewer than there are.
unsigned processors() {
    cpu_set_t usable;
    return ::sched_getaffinity(0, sizeof(usable), &usable) == 0 ? static_cast<unsigned>(CPU_COUNT(&usable)) : 1;
}

class Run {
public:
    explicit Run(const AgePipeline& pipeline) : pipeline_(pipeline), ahead_(pipeline.block_size) { read_ahead(); }

    bool has_several_blocks() const { return ahead_size_ == pipeline_.block_size; }
    void rethrow_failure() const {
        if (failure_) {
            std::rethrow_exception(failure_);
        }
    }

    // What each thread does until the stream ends.
    void work() {
        const AgePipeline::Work work = pipeline_.worker();
        PageAligned bytes(pipeline_.block_size);
        const PageAligned out(pipeline_.out_size);
        AgePipeline::Block block;
        std::exception_ptr unread;  // what stands behind this block could not be read; the block itself could
        while (take(block, bytes, unread)) {
            const AgePipeline::Done done = guarded(work, block, out.all());
            if (!put(block.number, out.first(done.size), done.failure ? done.failure : unread)) {
                return;
            }
        }
    }

private:
    static AgePipeline::Done guarded(const AgePipeline::Work& work, const AgePipeline::Block& block, std::span<std::uint8_t> out) {
        try {
            return work(block, out);
        } catch (...) {
            return {0, std::current_exception()};
        }
    }

    void read_ahead() { ahead_size_ = ahead_size_ < ahead_.size() && next_ > 0 ? 0 : pipeline_.read(ahead_.all()); }

    bool take(AgePipeline::Block& block, PageAligned& bytes, std::exception_ptr& failure) {
        const std::lock_guard lock(reading_);
        if (ended_ || stopped_) {
            return false;
        }
        std::swap(bytes, ahead_);
        block.number = next_++;
        block.bytes = bytes.first(ahead_size_);
        try {
            read_ahead();
        } catch (...) {
            failure = std::current_exception();
        }
        block.last = ahead_size_ == 0;
        ended_ = block.last || failure;
        return true;
    }

    // False when the work is over before the stream is.
    bool put(std::uint64_t number, crypto::ByteView bytes, std::exception_ptr failure) {
        std::unique_lock lock(writing_);
        turn_.wait(lock, [&] { return written_ == number || failure_; });
        if (failure_) {
            return false;
        }
        try {
            pipeline_.write(bytes);
        } catch (...) {
            failure = std::current_exception();
        }
        failure_ = failure;
        stopped_ = failure_ != nullptr;  // nobody reads on; a read that waits already is waited for
        ++written_;
        turn_.notify_all();
        return !failure_;
    }

    const AgePipeline& pipeline_;
    std::mutex reading_;
    PageAligned ahead_;
    std::size_t ahead_size_ = 0;
    std::uint64_t next_ = 0;
    bool ended_ = false;
    std::atomic<bool> stopped_{false};

    std::mutex writing_;
    std::condition_variable turn_;
    std::uint64_t written_ = 0;
    std::exception_ptr failure_;
};

}  // namespace

void AgePipeline::run() {
    Run run(*this);
    {
        std::vector<std::jthread> others;
        const unsigned wanted = run.has_several_blocks() ? std::min(processors(), threads_max) : 1;
        try {
            while (others.size() + 1 < wanted) {
                others.emplace_back([&run] {
                    try {
                        run.work();
                    } catch (const std::bad_alloc&) {
                        // No memory for one more at work: it took no block, the others do without it.
                    }
                });
            }
        } catch (const std::system_error&) {
            // No more threads to be had: the work is done by those there are.
        }
        run.work();
    }
    run.rethrow_failure();
}

}  // namespace gateway::cli
