// For tests: the edge's two ledgers over a database of their own, with one grant and one item.
#pragma once

#include "crypto/encoding.hpp"
#include "storage/edge/postings.hpp"
#include "storage/edge/schema.hpp"
#include "storage/edge/uploads.hpp"
#include "tests/catch.hpp"
#include "tests/storage/scratch.hpp"

#include <algorithm>

namespace edge_ledgers {

using policies::Instant;
using storage::Connection;
using storage::Database;
using storage::Errc;
using storage::Result;
using namespace storage::edge;

inline constexpr Instant now{1'000'000'000};
inline constexpr Instant later = now + policies::one_day;

template <class Id>
Id id(char letter) {
    return *Id::parse(std::string(32, letter));
}

struct Edge {
    tests::Scratch scratch;
    tests::SeededRandom random{7};
    storage::MerkleLog log{crypto::NoteSigner::generate("edge.example", random), random};
    std::unique_ptr<Database> database;
    Postings postings{log};
    Uploads uploads{log};
    policies::GrantId grant = id<policies::GrantId>('a');
    policies::ItemId item = id<policies::ItemId>('b');

    Edge() {
        auto opened = Database::open(scratch / "edge.db", schema());
        REQUIRE(opened.has_value());
        database = std::move(*opened);
        database->at_end_of_batch([this](Connection& connection) { log.end_batch(connection); });
    }

    Posting posting(std::uint64_t version) const {
        return {
            .grant = grant,
            .version = version,
            .token_hash = crypto::sha256(crypto::as_bytes("token")),
            .state = GrantState::open,
            .epoch = 1,
            .expires_at = later,
            .policy = crypto::sha256(crypto::as_bytes("policy")),
            .envelope = {1, 2, 3},
            .limits = {1000, 4, 1'000'000, 2},
            .items = {{item, 500, 3}},
            .machines = {}
        };
    }
    Result<Postings::Change> put(const Posting& wanted) {
        return database->commit([&](Connection& connection) { return postings.put(connection, wanted, now); });
    }
    Result<Uploads::Created> create(char letter, std::uint64_t size = 100, Instant at = now) {
        return database->commit([&](Connection& connection) { return uploads.create(connection, wanted(letter, size), at); });
    }
    Uploads::New wanted(char letter, std::optional<std::uint64_t> length) const {
        Uploads::New one{id<policies::UploadId>(letter), grant, item};
        one.length = length;
        one.room = 1'000'000;
        one.metadata = "item eA==,filename eA==";
        return one;
    }
    Result<Upload> advance(char letter, const Uploads::Progress& progress, Instant at = now) {
        return database->commit([&](Connection& connection) {
            return uploads.advance(connection, id<policies::UploadId>(letter), progress, at);
        });
    }
    Result<Uploads::Sealed> seal(char letter, const Seal& wanted, Instant at = now) {
        return database->commit([&](Connection& connection) { return uploads.seal(connection, id<policies::UploadId>(letter), wanted, at); }
        );
    }
    Result<void> abort(char letter) {
        return database->commit([&](Connection& connection) {
            return uploads.abort(connection, id<policies::UploadId>(letter), AbortReason::by_uploader, now);
        });
    }
    Result<bool> outcome(char letter, std::uint64_t version, Uploads::Ciphertext ciphertext, Uploads::Place place = Uploads::Place::used) {
        return database->commit([&](Connection& connection) {
            return uploads.publish_outcome(connection, id<policies::UploadId>(letter), {version, {9, 9}}, ciphertext, place, now);
        });
    }
    Upload find(char letter) {
        auto found = database->read([&](Connection& connection) -> Result<std::optional<Upload>> {
            return uploads.find(connection, id<policies::UploadId>(letter));
        });
        REQUIRE(found.has_value());
        REQUIRE(found->has_value());
        return **found;
    }
    std::vector<std::string> leaves() {
        const auto entries =
            database->read([&](Connection& connection) -> Result<std::vector<crypto::Bytes>> { return log.entries(connection, 0, 1000); });
        std::vector<std::string> found;
        for (const auto& entry : *entries) {
            found.emplace_back(crypto::as_text(entry));
        }
        return found;
    }
    std::ptrdiff_t leaves_of(const std::string& act) {
        const auto all = leaves();
        return std::ranges::count_if(all, [&](const auto& leaf) { return leaf.find("\"act\":\"" + act + "\"") != std::string::npos; });
    }
};

inline Seal some_seal() {
    return {crypto::sha256(crypto::as_bytes("ciphertext")), crypto::Bytes(32, 5), {1, 2, 3, 4}};
}

}  // namespace edge_ledgers
