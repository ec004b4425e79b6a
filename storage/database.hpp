// One SQLite file, one writer, group commit. Jobs from any thread queue up; the writer thread runs all that wait in one transaction,
// each in its own savepoint, calls the batch hook (the log signs its checkpoint there), commits with one fsync and only then lets the
// callers go: what commit() returned is on disk. WAL, synchronous=FULL. Readers never block the writer.
#pragma once

#include "storage/connection.hpp"

#include <functional>
#include <optional>
#include <span>
#include <type_traits>

namespace storage {

// A schema is a list of scripts; number n brings the file from user_version n to n + 1. A file from the future is Errc::damaged.
using Schema = std::span<const char* const>;

class Database {
public:
    static Result<std::unique_ptr<Database>> open(const std::filesystem::path& file, Schema schema);
    ~Database();  // finishes what is queued
    Database(const Database&) = delete;
    Database& operator=(const Database&) = delete;

    // The process that has the file open, as its lock file says; nothing when none has. May be old news by the time it is read.
    static std::optional<int> holder(const std::filesystem::path& file);

    // Copies the write-ahead log back and cuts it to nothing, so that what was deleted is gone from the disk's files. io when readers
    // stay in the way.
    Result<void> purge();

    // Called by the writer at the end of each batch that changed something, inside the transaction.
    void at_end_of_batch(std::function<void(Connection&)> hook);

    // Blocks until the job's changes are durable. The job returns a Result; an error rolls back this job alone.
    template <class Job>
    auto commit(Job job) -> std::invoke_result_t<Job, Connection&> {
        std::optional<std::invoke_result_t<Job, Connection&>> outcome;
        const auto done = run_in_batch([&](Connection& connection) {
            outcome.emplace(job(connection));
            return outcome->has_value();
        });
        if (done.has_error()) {
            return std::invoke_result_t<Job, Connection&>(boost::system::in_place_error, done.error());
        }
        return std::move(*outcome);
    }

    // Runs the job on a read-only connection, inside one read transaction (a consistent view).
    template <class Job>
    auto read(Job job) -> std::invoke_result_t<Job, Connection&> {
        std::optional<std::invoke_result_t<Job, Connection&>> outcome;
        const auto done = run_reading([&](Connection& connection) { outcome.emplace(job(connection)); });
        if (done.has_error()) {
            return std::invoke_result_t<Job, Connection&>(boost::system::in_place_error, done.error());
        }
        return std::move(*outcome);
    }

private:
    Database() = default;
    Result<void> run_in_batch(std::function<bool(Connection&)> job);  // the job says whether to keep its changes
    Result<void> run_reading(const std::function<void(Connection&)>& job);
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace storage
