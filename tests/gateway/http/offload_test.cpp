#include "gateway/offload.hpp"

#include "tests/catch.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <stdexcept>
#include <thread>

namespace {

using boost::asio::awaitable;

struct Where {
    std::thread::id job, after;
    std::string text;
};

awaitable<void> run_one(gateway::Pool& pool, Where& where) {
    auto job = [&where] {
        where.job = std::this_thread::get_id();
        return std::string("done elsewhere, and long enough to be on the heap");
    };
    where.text = co_await gateway::offload(pool, std::move(job));
    where.after = std::this_thread::get_id();
}

awaitable<void> run_failing(gateway::Pool& pool, std::string& caught) {
    auto job = []() -> int { throw std::runtime_error("from the pool"); };
    try {
        co_await gateway::offload(pool, std::move(job));
    } catch (const std::runtime_error& error) {
        caught = error.what();
    }
}

const auto rethrow = [](const std::exception_ptr& failure) {
    if (failure) {
        std::rethrow_exception(failure);
    }
};

}  // namespace

TEST_CASE("a job runs on the pool and its coroutine goes on at home") {
    boost::asio::io_context context;
    gateway::Pool pool(1);
    Where where;
    boost::asio::co_spawn(context, run_one(pool, where), rethrow);
    context.run();
    CHECK(where.job != std::this_thread::get_id());
    CHECK(where.job != std::thread::id());
    CHECK(where.after == std::this_thread::get_id());
    CHECK(where.text == "done elsewhere, and long enough to be on the heap");
}

TEST_CASE("what a job throws comes out where it was awaited") {
    boost::asio::io_context context;
    gateway::Pool pool(1);
    std::string caught;
    boost::asio::co_spawn(context, run_failing(pool, caught), rethrow);
    context.run();
    CHECK(caught == "from the pool");
}
