#include "storage/database.hpp"

#include "crypto/ensure.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <condition_variable>
#include <cstdlib>
#include <deque>
#include <mutex>
#include <thread>

namespace storage {
namespace {

constexpr std::int64_t application_id = 0x534c5549;  // "SLUI": so that file(1) and we know our own
constexpr std::size_t batch_jobs_max = 4096;
constexpr std::size_t readers_max = 4;

struct Job {
    std::function<bool(Connection&)> work;
    Result<void> outcome{};
    std::exception_ptr thrown{};
    bool done = false;
};

bool sync_folder_of(const std::filesystem::path& file) {
    const auto parent = file.has_parent_path() ? file.parent_path() : std::filesystem::path(".");
    const int folder = ::open(parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    const bool good = folder >= 0 && ::fsync(folder) == 0;
    if (folder >= 0) {
        ::close(folder);
    }
    return good;
}

// Makes the file with mode 0600 (SQLite gives its side files the same) and takes the lock that keeps a second process out: two
// writers of one write-ahead log, or two frontiers of one Merkle log, must never be.
Result<int> lock_file(const std::filesystem::path& file) {
    auto beside = file;
    beside += "-lock";
    const int lock = ::open(beside.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, S_IRUSR | S_IWUSR);
    if (lock < 0) {
        return Errc::io;
    }
    if (::flock(lock, LOCK_EX | LOCK_NB) != 0) {
        ::close(lock);
        return Errc::conflict;
    }
    // For holder(). On a full disk it stays empty: that is no reason not to start.
    const std::string itself = std::to_string(::getpid()) + "\n";
    static_cast<void>(::ftruncate(lock, 0) == 0 && ::pwrite(lock, itself.data(), itself.size(), 0) >= 0);
    const int made = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, S_IRUSR | S_IWUSR);
    if (made < 0 || !sync_folder_of(file)) {
        ::close(lock);
        return Errc::io;
    }
    ::close(made);
    return lock;
}

std::int64_t pragma(Connection& connection, const char* sql) {
    auto row = connection.query(sql);
    return row.step() ? row.integer(0) : 0;
}

Result<void> migrate(Connection& connection, Schema schema) {
    const auto owner = pragma(connection, "PRAGMA application_id");
    const auto version = pragma(connection, "PRAGMA user_version");
    const auto target = static_cast<std::int64_t>(schema.size());
    const bool fresh = owner == 0 && version == 0 && pragma(connection, "SELECT count(*) FROM sqlite_schema") == 0;
    if ((!fresh && owner != application_id) || version < 0 || version > target) {
        return Errc::damaged;
    }
    for (auto next = version; next < target; ++next) {
        connection.script("BEGIN IMMEDIATE");
        connection.script(schema[static_cast<std::size_t>(next)]);
        connection.script(("PRAGMA user_version=" + std::to_string(next + 1)).c_str());
        connection.script(("PRAGMA application_id=" + std::to_string(application_id)).c_str());
        connection.script("COMMIT");
    }
    return {};
}

}  // namespace

struct Database::State {
    std::filesystem::path file;
    int lock = -1;
    std::unique_ptr<Connection> writer;  // the writer thread's, once that runs
    std::function<void(Connection&)> hook;

    std::mutex mutex;
    std::condition_variable arrived;   // for the writer
    std::condition_variable finished;  // for the callers
    std::deque<Job*> queue;            // jobs live on their callers' stacks
    bool stopping = false;

    std::mutex readers_mutex;
    std::condition_variable reader_free;
    std::vector<std::unique_ptr<Connection>> idle_readers;
    std::size_t readers_made = 0;

    std::thread thread;

    ~State() {
        idle_readers.clear();
        writer.reset();  // last to close: SQLite copies the write-ahead log back
        if (lock >= 0) {
            ::close(lock);
        }
    }

    void write();
    void run_batch(const std::vector<Job*>& batch);
    bool run_one(Job& job);
    void fail_all(const std::vector<Job*>& batch, Errc reason);
};

// Runs one job in its savepoint; true when its changes are kept. False also when SQLite has rolled the whole transaction back.
bool Database::State::run_one(Job& job) {
    bool keep = false;
    writer->script("SAVEPOINT job");
    try {
        keep = job.work(*writer);
    } catch (const DatabaseError& error) {
        if (const auto reason = errc_of(error)) {
            job.outcome = *reason;
        } else {
            job.thrown = std::current_exception();
        }
    } catch (...) {
        job.thrown = std::current_exception();
    }
    if (!writer->in_transaction()) {
        return false;
    }
    writer->script(keep ? "RELEASE job" : "ROLLBACK TO job; RELEASE job");
    return keep;
}

void Database::State::fail_all(const std::vector<Job*>& batch, Errc reason) {
    // Also those that were refused: they may have been refused because of a neighbour's change that is now undone.
    for (auto* job : batch) {
        if (!job->thrown) {
            job->outcome = reason;
        }
    }
}

void Database::State::run_batch(const std::vector<Job*>& batch) {
    try {
        if (!writer) {
            writer = std::make_unique<Connection>(file, Connection::Mode::read_write);
        }
        writer->script("BEGIN IMMEDIATE");
        const auto changes_before = writer->total_changes();
        bool keeps = false;
        for (auto* job : batch) {
            keeps = run_one(*job) || keeps;
            if (!writer->in_transaction()) {
                fail_all(batch, job->outcome.has_error() && job->outcome.error() == Errc::full ? Errc::full : Errc::io);
                return;
            }
        }
        if (keeps && hook && writer->total_changes() != changes_before) {
            hook(*writer);
        }
        writer->script("COMMIT");
        return;
    } catch (const DatabaseError& error) {
        fail_all(batch, errc_of(error).value_or(Errc::io));
    } catch (...) {
        for (auto* job : batch) {
            job->thrown = std::current_exception();
        }
    }
    // After a failed sync nobody knows which pages the kernel still holds: the connection goes, the next batch opens a new one.
    writer.reset();
}

void Database::State::write() {
    std::unique_lock guard(mutex);
    for (;;) {
        arrived.wait(guard, [this] { return stopping || !queue.empty(); });
        if (queue.empty()) {
            return;
        }
        std::vector<Job*> batch;
        while (!queue.empty() && batch.size() < batch_jobs_max) {
            batch.push_back(queue.front());
            queue.pop_front();
        }
        guard.unlock();
        run_batch(batch);
        guard.lock();
        for (auto* job : batch) {
            job->done = true;
        }
        finished.notify_all();
    }
}

Result<std::unique_ptr<Database>> Database::open(const std::filesystem::path& file, Schema schema) {
    auto lock = lock_file(file);
    if (lock.has_error()) {
        return lock.error();
    }
    std::unique_ptr<Database> database(new Database);
    database->state_ = std::make_unique<State>();
    auto& state = *database->state_;
    state.lock = *lock;
    state.file = file;
    try {
        state.writer = std::make_unique<Connection>(file, Connection::Mode::read_write);
        if (const auto migrated = migrate(*state.writer, schema); migrated.has_error()) {
            return migrated.error();
        }
    } catch (const DatabaseError& error) {
        const auto reason = errc_of(error);
        if (!reason) {
            throw;  // a script of the schema does not parse
        }
        return *reason;
    }
    state.thread = std::thread([&state] { state.write(); });
    return database;
}

std::optional<int> Database::holder(const std::filesystem::path& file) {
    auto beside = file;
    beside += "-lock";
    const int lock = ::open(beside.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (lock < 0) {
        return std::nullopt;
    }
    std::array<char, 16> text{};
    const bool held = ::flock(lock, LOCK_EX | LOCK_NB) != 0;
    const auto got = held ? ::pread(lock, text.data(), text.size() - 1, 0) : 0;
    ::close(lock);
    const int process = got > 0 ? std::atoi(text.data()) : 0;
    return process > 0 ? std::optional(process) : std::nullopt;
}

Result<void> Database::purge() {
    auto& state = *state_;
    {
        const std::lock_guard guard(state.readers_mutex);
        state.readers_made -= state.idle_readers.size();
        state.idle_readers.clear();
    }
    // A connection of its own: the writer's is inside a transaction whenever it works.
    try {
        Connection connection(state.file, Connection::Mode::read_write);
        auto row = connection.query("PRAGMA wal_checkpoint(TRUNCATE)");
        return row.step() && row.integer(0) == 0 ? Result<void>() : Result<void>(Errc::io);
    } catch (const DatabaseError& error) {
        return errc_of(error).value_or(Errc::io);
    }
}

Database::~Database() {
    if (state_ && state_->thread.joinable()) {
        {
            const std::lock_guard guard(state_->mutex);
            state_->stopping = true;
        }
        state_->arrived.notify_all();
        state_->thread.join();
    }
}

void Database::at_end_of_batch(std::function<void(Connection&)> hook) {
    // Through the queue, so that the writer never sees it half set.
    auto& state = *state_;
    const auto set = run_in_batch([&state, &hook](Connection&) {
        state.hook = std::move(hook);
        return false;
    });
    crypto::ensure(set.has_value(), "the hook is set while the database is well");
}

Result<void> Database::run_in_batch(std::function<bool(Connection&)> work) {
    auto& state = *state_;
    crypto::ensure(std::this_thread::get_id() != state.thread.get_id(), "a job does not commit another job");
    Job job{std::move(work)};
    std::unique_lock guard(state.mutex);
    state.queue.push_back(&job);
    state.arrived.notify_one();
    state.finished.wait(guard, [&job] { return job.done; });
    guard.unlock();
    if (job.thrown) {
        std::rethrow_exception(job.thrown);
    }
    return job.outcome;
}

Result<void> Database::run_reading(const std::function<void(Connection&)>& job) {
    auto& state = *state_;
    std::unique_ptr<Connection> reader;
    {
        std::unique_lock guard(state.readers_mutex);
        state.reader_free.wait(guard, [&state] { return !state.idle_readers.empty() || state.readers_made < readers_max; });
        if (state.idle_readers.empty()) {
            ++state.readers_made;
        } else {
            reader = std::move(state.idle_readers.back());
            state.idle_readers.pop_back();
        }
    }
    const auto give_back = [&state](std::unique_ptr<Connection> connection) {
        const std::lock_guard guard(state.readers_mutex);
        if (connection) {
            state.idle_readers.push_back(std::move(connection));
        } else {
            --state.readers_made;
        }
        state.reader_free.notify_one();
    };
    try {
        if (!reader) {
            reader = std::make_unique<Connection>(state.file, Connection::Mode::read_only);
        }
        reader->script("BEGIN");
        job(*reader);
        reader->script("COMMIT");
    } catch (const DatabaseError& error) {
        reader.reset();  // what broke is not used again
        give_back(nullptr);
        const auto reason = errc_of(error);
        if (!reason) {
            throw;
        }
        return *reason;
    } catch (...) {
        reader.reset();
        give_back(nullptr);
        throw;
    }
    give_back(std::move(reader));
    return {};
}

}  // namespace storage
