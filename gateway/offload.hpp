// Whatever may take over a millisecond (SQLite, fsync, Argon2, bulk hashing) runs here, off the I/O thread. The coroutine waits and
// resumes on its own executor. The job must own what it uses, or use what the waiting coroutine keeps alive.
//
//   auto job = [&ledger, id] { return ledger.find(id); };
//   auto found = co_await offload(pool, std::move(job));
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <exception>
#include <optional>

namespace gateway {

using Pool = boost::asio::thread_pool;

template <class Job>
auto offload(Pool& pool, Job job) -> boost::asio::awaitable<std::invoke_result_t<Job>> {
    std::optional<std::invoke_result_t<Job>> outcome;
    std::exception_ptr failure;
    const auto home = co_await boost::asio::this_coro::executor;
    co_await boost::asio::post(pool, boost::asio::use_awaitable);
    try {
        outcome.emplace(job());
    } catch (...) {
        failure = std::current_exception();
    }
    co_await boost::asio::post(home, boost::asio::use_awaitable);
    if (failure) {
        std::rethrow_exception(failure);
    }
    co_return std::move(*outcome);
}

}  // namespace gateway
