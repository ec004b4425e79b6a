#include "storage/database.hpp"

#include "tests/catch.hpp"
#include "tests/storage/scratch.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <condition_variable>
#include <csignal>
#include <mutex>
#include <thread>

using storage::Connection;
using storage::Database;
using storage::Errc;
using storage::Result;

namespace {

constexpr std::array<const char*, 1> first_schema = {"CREATE TABLE note (id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE) STRICT;"};
constexpr std::array<const char*, 2> second_schema = {first_schema[0], "ALTER TABLE note ADD COLUMN weight INTEGER NOT NULL DEFAULT 7;"};

std::unique_ptr<Database> open(const std::filesystem::path& file) {
    auto database = Database::open(file, first_schema);
    REQUIRE(database.has_value());
    return std::move(*database);
}

Result<std::int64_t> add(Database& database, const std::string& text) {
    return database.commit([&](Connection& connection) -> Result<std::int64_t> {
        return connection.run("INSERT INTO note (text) VALUES (?)", text);
    });
}

std::int64_t count(Database& database) {
    const auto counted = database.read([](Connection& connection) -> Result<std::int64_t> {
        auto row = connection.query("SELECT count(*) FROM note");
        row.step();
        return row.integer(0);
    });
    REQUIRE(counted.has_value());
    return *counted;
}

// Holds the writer inside a job until it is let go, so that other jobs gather behind it.
class Gate {
public:
    void wait() {
        std::unique_lock guard(mutex_);
        inside_ = true;
        changed_.notify_all();
        changed_.wait(guard, [this] { return open_; });
    }
    void until_inside() {
        std::unique_lock guard(mutex_);
        changed_.wait(guard, [this] { return inside_; });
    }
    void let_go() {
        const std::lock_guard guard(mutex_);
        open_ = true;
        changed_.notify_all();
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    bool inside_ = false;
    bool open_ = false;
};

}  // namespace

TEST_CASE("what was committed is there when the database is opened again") {
    const tests::Scratch scratch;
    {
        auto database = open(scratch / "a.db");
        REQUIRE(add(*database, "kept").has_value());
    }
    auto database = open(scratch / "a.db");
    CHECK(count(*database) == 1);
}

TEST_CASE("a job that returns an error is undone, and so is one that throws") {
    const tests::Scratch scratch;
    auto database = open(scratch / "a.db");
    const auto refused = database->commit([](Connection& connection) -> Result<void> {
        connection.run("INSERT INTO note (text) VALUES ('refused')");
        return Errc::refused;
    });
    CHECK(refused.error() == Errc::refused);
    CHECK_THROWS_AS(
        database->commit([](Connection& connection) -> Result<void> {
            connection.run("INSERT INTO note (text) VALUES ('thrown')");
            throw std::logic_error("broken");
        }),
        std::logic_error
    );
    CHECK(count(*database) == 0);
}

TEST_CASE("an error of SQLite in a job becomes an Errc, a wrong statement stays an exception") {
    const tests::Scratch scratch;
    auto database = open(scratch / "a.db");
    REQUIRE(add(*database, "twice").has_value());
    CHECK(add(*database, "twice").error() == Errc::conflict);
    CHECK_THROWS_AS(
        database->commit([](Connection& connection) -> Result<std::int64_t> { return connection.run("INSERT INTO nowhere VALUES (1)"); }),
        storage::DatabaseError
    );
    CHECK(count(*database) == 1);
}

TEST_CASE("jobs that wait together share one batch, and one that fails is undone alone") {
    const tests::Scratch scratch;
    auto database = open(scratch / "a.db");
    std::atomic<int> batches{0};
    database->at_end_of_batch([&batches](Connection&) { ++batches; });

    Gate gate;
    std::thread first([&] {
        const auto held = database->commit([&](Connection& connection) -> Result<void> {
            connection.run("INSERT INTO note (text) VALUES ('first')");
            gate.wait();
            return {};
        });
        CHECK(held.has_value());
    });
    gate.until_inside();
    constexpr int others = 20;
    std::atomic<int> started{0};
    std::atomic<int> kept{0};
    std::vector<std::thread> threads;
    for (int number = 0; number < others; ++number) {
        threads.emplace_back([&, number] {
            ++started;
            const auto done = database->commit([number](Connection& connection) -> Result<void> {
                connection.run("INSERT INTO note (text) VALUES (?)", std::to_string(number));
                return number % 2 == 0 ? Result<void>() : Result<void>(Errc::refused);
            });
            kept += done.has_value() ? 1 : 0;
        });
    }
    while (started != others) {
        std::this_thread::yield();
    }
    gate.let_go();
    first.join();
    for (auto& thread : threads) {
        thread.join();
    }
    CHECK(kept == others / 2);
    CHECK(count(*database) == 1 + others / 2);
    CHECK(batches < 1 + others / 2);  // fewer syncs than commits
}

TEST_CASE("when the batch hook fails nothing of the batch is kept, and the next batch works") {
    const tests::Scratch scratch;
    auto database = open(scratch / "a.db");
    bool fails = true;
    database->at_end_of_batch([&fails](Connection& connection) {
        if (fails) {
            connection.run("INSERT INTO note (id, text) VALUES (NULL, NULL)");  // breaks NOT NULL
        }
    });
    CHECK(add(*database, "lost").error() == Errc::conflict);
    fails = false;
    CHECK(count(*database) == 0);
    CHECK(add(*database, "kept").has_value());
    CHECK(count(*database) == 1);
}

TEST_CASE("the hook is not called for a batch that changed nothing") {
    const tests::Scratch scratch;
    auto database = open(scratch / "a.db");
    int called = 0;
    database->at_end_of_batch([&called](Connection&) { ++called; });
    REQUIRE(database->commit([](Connection&) -> Result<void> { return {}; }).has_value());
    REQUIRE(database->commit([](Connection&) -> Result<void> { return Errc::refused; }).has_error());
    CHECK(called == 0);
    REQUIRE(add(*database, "one").has_value());
    CHECK(called == 1);
}

TEST_CASE("a full database says so, and works again with room") {
    const tests::Scratch scratch;
    auto database = open(scratch / "a.db");
    const auto limit = [&](std::int64_t pages) {
        return database->commit([pages](Connection& connection) -> Result<void> {
            connection.script(("PRAGMA max_page_count=" + std::to_string(pages)).c_str());
            return {};
        });
    };
    REQUIRE(limit(8).has_value());
    CHECK(add(*database, std::string(100'000, 'x')).error() == Errc::full);
    REQUIRE(limit(10'000).has_value());
    CHECK(add(*database, std::string(100'000, 'x')).has_value());
    CHECK(count(*database) == 1);
}

TEST_CASE("a newer schema brings an older file up, an older program refuses a newer file") {
    const tests::Scratch scratch;
    {
        auto database = open(scratch / "a.db");
        REQUIRE(add(*database, "old").has_value());
    }
    {
        auto database = Database::open(scratch / "a.db", second_schema);
        REQUIRE(database.has_value());
        const auto weight = (*database)->read([](Connection& connection) -> Result<std::int64_t> {
            auto row = connection.query("SELECT weight FROM note");
            row.step();
            return row.integer(0);
        });
        CHECK(*weight == 7);
    }
    CHECK(Database::open(scratch / "a.db", first_schema).error() == Errc::damaged);
}

TEST_CASE("a file that is no database, or somebody else's, is refused") {
    const tests::Scratch scratch;
    {
        std::FILE* file = std::fopen((scratch / "a.db").c_str(), "w");
        for (int line = 0; line < 1000; ++line) {
            std::fputs("this is no database\n", file);
        }
        std::fclose(file);
    }
    CHECK(Database::open(scratch / "a.db", first_schema).error() == Errc::damaged);
    {
        Connection(scratch / "b.db", Connection::Mode::read_write).script("CREATE TABLE other (x)");
    }
    CHECK(Database::open(scratch / "b.db", first_schema).error() == Errc::damaged);
}

TEST_CASE("a second opener is kept out") {
    const tests::Scratch scratch;
    auto database = open(scratch / "a.db");
    CHECK(Database::open(scratch / "a.db", first_schema).error() == Errc::conflict);
}

TEST_CASE("readers cannot write") {
    const tests::Scratch scratch;
    auto database = open(scratch / "a.db");
    const auto written = database->read([](Connection& connection) -> Result<std::int64_t> {
        return connection.run("INSERT INTO note (text) VALUES ('x')");
    });
    CHECK(written.error() == Errc::io);
}

TEST_CASE("a kill at any moment loses nothing that commit() returned") {
    for (int round = 0; round < 10; ++round) {
        const tests::Scratch scratch;
        std::array<int, 2> pipe{};
        REQUIRE(::pipe(pipe.data()) == 0);
        const auto child = ::fork();
        REQUIRE(child >= 0);
        if (child == 0) {
            // Each number that commit() acknowledged goes to the parent, who holds us to it.
            auto database = Database::open(scratch / "a.db", first_schema);
            for (std::int32_t number = 1; database.has_value(); ++number) {
                if (add(**database, std::to_string(number)).has_error() || ::write(pipe[1], &number, sizeof number) < 0) {
                    break;
                }
            }
            ::_exit(1);
        }
        ::close(pipe[1]);
        std::int32_t acknowledged = 0;
        std::int32_t number = 0;
        while (acknowledged < 20 + round && ::read(pipe[0], &number, sizeof number) == sizeof number) {
            acknowledged = number;
        }
        ::kill(child, SIGKILL);
        while (::read(pipe[0], &number, sizeof number) == sizeof number) {
            acknowledged = number;
        }
        ::close(pipe[0]);
        int status = 0;
        REQUIRE(::waitpid(child, &status, 0) == child);
        REQUIRE(WIFSIGNALED(status));
        auto database = open(scratch / "a.db");
        CHECK(count(*database) >= acknowledged);
        CHECK(count(*database) <= acknowledged + 1);
    }
}
