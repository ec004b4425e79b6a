// Whatever may take over a millisecond (SQLite, fsync, Argon2, bulk hashing) runs here, off the I/O thread. The coroutine waits and
// resumes on its own executor. The job must own what it uses, or use what the waiting coroutine keeps alive.
//
//   auto job = [&ledger, id] { return ledger.find(id); };
//   auto found = co_await offload(pool, std::move(job));
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
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
    // Bound to the executor, not handed to post() as one: a coroutine resumes on the executor its token is bound to, and without this
    // that is its own I/O thread, job included.
    auto there = boost::asio::bind_executor(pool.get_executor(), boost::asio::use_awaitable);
    co_await boost::asio::post(std::move(there));
    try {
        outcome.emplace(job());
    } catch (...) {
        failure = std::current_exception();
    }
    auto back = boost::asio::bind_executor(home, boost::asio::use_awaitable);
    co_await boost::asio::post(std::move(back));
    if (failure) {
        std::rethrow_exception(failure);
    }
    co_return std::move(*outcome);
}

}  // namespace gateway
