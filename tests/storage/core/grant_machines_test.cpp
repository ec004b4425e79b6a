#include "storage/core/grant_machines.hpp"

#include "storage/core/schema.hpp"
#include "tests/catch.hpp"
#include "tests/storage/scratch.hpp"

using namespace storage::core;

namespace {

constexpr policies::Instant start{1'000'000};

std::int64_t version(storage::Connection& connection) {
    auto row = connection.query("SELECT version FROM issued_grant");
    REQUIRE(row.step());
    return row.integer(0);
}

}  // namespace

TEST_CASE("Each change of a grant's machines, and no repetition, is a new posting") {
    const tests::Scratch scratch;
    storage::Connection connection(scratch / "core.db", storage::Connection::Mode::read_write);
    for (const char* script : schema()) {
        connection.script(script);
    }
    connection.script("PRAGMA foreign_keys = OFF");
    const auto grant = *policies::GrantId::parse(std::string(32, 'a'));
    connection.run(
        "INSERT INTO issued_grant (id, request_id, dossier_id, party_id, token_hash, sealed_keys, recipient, state, epoch, version,"
        " published_version, expires_at) VALUES (?, 'r', 'd', 'p', x'00', x'00', 'age1', 'open', 0, 1, 1, 1)",
        grant.text()
    );
    const Machine client = storage::OAuthClient{"https://idp.example", "builder"};
    const Machine certificate = crypto::sha256(crypto::as_bytes("certificate"));
    CHECK(GrantMachines::add(connection, grant, client, start));
    CHECK(version(connection) == 2);
    CHECK_FALSE(GrantMachines::add(connection, grant, client, start));
    CHECK(version(connection) == 2);
    CHECK(GrantMachines::add(connection, grant, certificate, start));
    CHECK(version(connection) == 3);

    const auto all = GrantMachines::of_grant(connection, grant);
    REQUIRE(all.size() == 2);
    CHECK(all[0].machine == certificate);
    CHECK(all[1].machine == client);
    CHECK(all[1].added_at == start);
    const auto digests = GrantMachines::digests(connection, grant);
    CHECK(digests.certificates == std::vector{std::get<crypto::Digest>(certificate)});
    CHECK(digests.clients == std::vector{storage::digest_of(std::get<storage::OAuthClient>(client))});

    CHECK(GrantMachines::remove(connection, grant, client));
    CHECK_FALSE(GrantMachines::remove(connection, grant, client));
    CHECK(version(connection) == 4);
    CHECK(GrantMachines::digests(connection, grant).clients.empty());
}
