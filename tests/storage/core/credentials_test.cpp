#include "storage/core/credentials.hpp"

#include "storage/core/documents.hpp"
#include "storage/core/new_id.hpp"
#include "storage/core/schema.hpp"
#include "storage/database.hpp"
#include "tests/catch.hpp"
#include "tests/storage/scratch.hpp"

using namespace storage::core;
using storage::Connection;

namespace {

const policies::Instant start = policies::Instant::parse("2026-11-24T10:00:00Z").value();

// What a core of before credentials wrote: a request of two items, its grant, and a document that came by it.
constexpr const char* older_rows = R"sql(
INSERT INTO staff VALUES ('0000000000000000000000000000aaaa', 'els', 'Els', 'els@city.test', '', 'handler', 'hash', 1, 1);
INSERT INTO case_type VALUES (zeroblob(32), 'city-renewal', '1', '{}', 1);
INSERT INTO dossier VALUES ('0000000000000000000000000000bbbb', 'SV-1', 'city-renewal', '1', zeroblob(32), 'Square', 'in-treatment',
    '0000000000000000000000000000aaaa', NULL, 1, NULL);
INSERT INTO party VALUES ('0000000000000000000000000000cccc', '0000000000000000000000000000bbbb', 'contractor', 'B', 'b@b.test', 1);
INSERT INTO request VALUES ('0000000000000000000000000000dddd', '0000000000000000000000000000bbbb', '0000000000000000000000000000cccc',
    '0000000000000000000000000000aaaa', 5, 'Please', 'nl', 1, NULL);
INSERT INTO request_item VALUES ('00000000000000000000000000000001', '0000000000000000000000000000dddd', 0, 'site-report', 1, 5, 1000);
INSERT INTO request_item VALUES ('00000000000000000000000000000002', '0000000000000000000000000000dddd', 1, 'photo', 0, 5, 1000);
INSERT INTO issued_grant VALUES ('0000000000000000000000000000eeee', '0000000000000000000000000000dddd',
    '0000000000000000000000000000bbbb', '0000000000000000000000000000cccc', randomblob(32), x'0102', 'age1x', x'0304', 'open', 3, 7, 6, 99);
INSERT INTO document VALUES ('0000000000000000000000000000ffff', '00000000000000000000000000000099', '0000000000000000000000000000eeee',
    '00000000000000000000000000000001', '0000000000000000000000000000dddd', '0000000000000000000000000000bbbb', 0, 'accepted', '', 10,
    zeroblob(32), zeroblob(32), zeroblob(32), 1, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, 0);
)sql";

template <class Id>
Id id(const char* end) {
    return Id::parse(std::string(32 - std::string_view(end).size(), '0') + end).value();
}

struct Migrated {
    Migrated() {
        const auto before = schema().first(3);
        {
            auto older = storage::Database::open(file, before);
            REQUIRE(older.has_value());
            const auto written = (*older)->commit([](Connection& connection) -> storage::Result<void> {
                connection.script(older_rows);
                return {};
            });
            REQUIRE(written.has_value());
        }
        auto opened = storage::Database::open(file, schema());
        REQUIRE(opened.has_value());
        database = std::move(*opened);
    }

    template <class Job>
    void write(Job job) {
        const auto written = database->commit([&](Connection& connection) -> storage::Result<void> {
            job(connection);
            return {};
        });
        REQUIRE(written.has_value());
    }

    Grant add_credential(Connection& connection, std::vector<policies::ItemId> items, policies::Instant until) {
        auto grant = *Grants::find(connection, mailed);
        grant.id = new_id<policies::GrantId>(random);
        grant.token_hash = crypto::sha256(crypto::as_bytes(grant.id.text()));
        grant.expires_at = until;
        Grants::add(connection, grant);
        Credentials::add(connection, {grant.id, request, "Site server", std::move(items), maker, start, until, {}, {}});
        return grant;
    }

    AcceptedUpload upload(const policies::GrantId& grant, const policies::ItemId& item) {
        const auto digest = crypto::sha256(random.bytes<8>());
        return {
            new_id<policies::DocumentId>(random),
            new_id<policies::UploadId>(random),
            grant,
            item,
            ++index,
            10,
            digest,
            digest,
            digest,
            start
        };
    }

    tests::Scratch scratch;
    std::filesystem::path file = scratch / "core.db";
    tests::SeededRandom random{11};
    std::uint64_t index = 0;
    std::unique_ptr<storage::Database> database;
    policies::GrantId mailed = id<policies::GrantId>("eeee");
    policies::RequestId request = id<policies::RequestId>("dddd");
    policies::StaffId maker = id<policies::StaffId>("aaaa");
    policies::ItemId report = id<policies::ItemId>("1");
    policies::ItemId photo = id<policies::ItemId>("2");
};

}  // namespace

TEST_CASE("A database of before credentials keeps its grants, and its documents keep pointing at them") {
    Migrated core;
    core.write([&](Connection& connection) {
        const auto grant = Grants::of_request(connection, core.request);
        REQUIRE(grant);
        CHECK(grant->id == core.mailed);
        CHECK(grant->sealed_keys == crypto::Bytes{1, 2});
        CHECK(grant->sealed_identity == crypto::Bytes{3, 4});
        CHECK(grant->version == 7);
        CHECK(grant->published_version == 6);
        CHECK(Documents::find(connection, id<policies::DocumentId>("ffff"))->grant == core.mailed);
        auto broken = connection.query("PRAGMA foreign_key_check");
        CHECK_FALSE(broken.step());
        auto kept = connection.query("SELECT count(*) FROM sqlite_schema WHERE name = 'grant_before'");
        REQUIRE(kept.step());
        CHECK(kept.integer(0) == 0);
    });
    const auto orphaned = core.database->commit([&](Connection& connection) -> storage::Result<void> {
        connection.run("DELETE FROM issued_grant WHERE id = ?", core.mailed.text());
        return {};
    });
    CHECK(orphaned.has_error());
}

TEST_CASE("A credential is a grant beside the mailed link's, for its own items and until its own end") {
    Migrated core;
    core.write([&](Connection& connection) {
        const auto until = start + 90 * policies::one_day;
        const auto grant = core.add_credential(connection, {core.photo}, until);
        CHECK(Grants::of_request(connection, core.request)->id == core.mailed);
        const auto narrow = Credentials::request_of(connection, grant);
        REQUIRE(narrow);
        REQUIRE(narrow->items.size() == 1);
        CHECK(narrow->items[0].type == "photo");
        CHECK(narrow->deadline == until);
        const auto whole = Credentials::request_of(connection, *Grants::find(connection, core.mailed));
        CHECK(whole->items.size() == 2);
        CHECK(whole->deadline.microseconds == 5);
        const auto all = Credentials::of_request(connection, core.request);
        REQUIRE(all.size() == 1);
        CHECK(all[0].label == "Site server");
        CHECK(all[0].items == std::vector{core.photo});
        CHECK_FALSE(Credentials::find(connection, core.mailed));
    });
}

TEST_CASE("What comes by a credential for an item that it is not for is refused") {
    Migrated core;
    core.write([&](Connection& connection) {
        const auto grant = core.add_credential(connection, {core.photo}, start + policies::one_day);
        CHECK(Documents::accept(connection, core.upload(grant.id, core.photo)).has_value());
        CHECK(Documents::accept(connection, core.upload(grant.id, core.report)).error() == storage::Errc::refused);
        CHECK(Documents::accept(connection, core.upload(core.mailed, core.report)).has_value());
        CHECK(Documents::of_item(connection, core.photo).size() == 1);
        CHECK(Documents::of_item(connection, core.report).size() == 2);
    });
}

TEST_CASE("A replaced credential works until the overlap ends and never longer than it would have") {
    Migrated core;
    core.write([&](Connection& connection) {
        const auto old = core.add_credential(connection, {core.photo}, start + 10 * policies::one_day);
        const auto next = core.add_credential(connection, {core.photo}, start + 90 * policies::one_day);
        Credentials::replace(connection, old.id, next.id, start + 20 * policies::one_day);
        CHECK(Credentials::find(connection, old.id)->valid_until == start + 10 * policies::one_day);
        Credentials::replace(connection, old.id, next.id, start + policies::one_day);
        const auto replaced = *Credentials::find(connection, old.id);
        CHECK(replaced.valid_until == start + policies::one_day);
        CHECK(replaced.replaced_by == next.id);
        CHECK(Credentials::state(connection, replaced, start) == policies::CredentialState::expiring);
        Credentials::revoke(connection, next.id, start);
        CHECK(Credentials::state(connection, *Credentials::find(connection, next.id), start) == policies::CredentialState::revoked);
    });
}
