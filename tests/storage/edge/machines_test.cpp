#include "storage/edge/issuers.hpp"
#include "tests/storage/edge/edge_ledgers.hpp"

using namespace edge_ledgers;
using Kind = Postings::MachineKind;

namespace {

const crypto::Digest client = storage::digest_of({"https://idp.example", "builder"});
const crypto::Digest certificate = crypto::sha256(crypto::as_bytes("certificate"));

std::vector<Postings::Spoken> spoken(Edge& edge, Kind kind, const crypto::Digest& digest, Instant at = now) {
    const auto found = edge.database->read([&](Connection& connection) -> Result<std::vector<Postings::Spoken>> {
        return edge.postings.find_by_machine(connection, kind, digest, at);
    });
    REQUIRE(found.has_value());
    return *found;
}

bool replace(Edge& edge, const std::vector<Issuer>& issuers, const std::string& said) {
    Issuers ledger(edge.log);
    const auto changed = edge.database->commit([&](Connection& connection) -> Result<bool> {
        return ledger.replace(connection, issuers, crypto::sha256(crypto::as_bytes(said)), now);
    });
    REQUIRE(changed.has_value());
    return *changed;
}

std::optional<Issuer> find(Edge& edge, const std::string& name) {
    const Issuers ledger(edge.log);
    const auto found =
        edge.database->read([&](Connection& connection) -> Result<std::optional<Issuer>> { return ledger.find(connection, name); });
    REQUIRE(found.has_value());
    return *found;
}

}  // namespace

TEST_CASE("a machine speaks for the grants whose newest posting names it") {
    Edge edge;
    auto first = edge.posting(1);
    first.machines = {{client}, {certificate}};
    REQUIRE(edge.put(first).has_value());
    auto second = edge.posting(1);
    second.grant = id<policies::GrantId>('c');
    second.token_hash = crypto::sha256(crypto::as_bytes("other"));
    second.machines = {{client}, {}};
    second.state = GrantState::paused;
    REQUIRE(edge.put(second).has_value());

    const auto both = spoken(edge, Kind::client, client);
    REQUIRE(both.size() == 2);
    CHECK((both[0].grant == first.grant && both[0].open));
    CHECK((both[1].grant == second.grant && !both[1].open));
    CHECK_FALSE(spoken(edge, Kind::client, client, later)[0].open);
    REQUIRE(spoken(edge, Kind::certificate, certificate).size() == 1);
    CHECK(spoken(edge, Kind::client, certificate).empty());  // one kind is not the other
    CHECK(spoken(edge, Kind::certificate, client).empty());

    auto next = edge.posting(2);
    REQUIRE(edge.put(next).has_value());
    CHECK(spoken(edge, Kind::client, client).size() == 1);
    CHECK(spoken(edge, Kind::certificate, certificate).empty());
    REQUIRE(edge.put(first).has_error());  // an older posting brings nobody back
    CHECK(spoken(edge, Kind::certificate, certificate).empty());
}

TEST_CASE("a client's digest tells issuer and name apart") {
    CHECK(storage::digest_of({"https://a", "bc"}) != storage::digest_of({"https://ab", "c"}));
    CHECK(storage::digest_of({"a", "b"}) == crypto::sha256(crypto::as_bytes("sluis/v1/client\na\nb\n")));
}

TEST_CASE("issuers are replaced as a whole, once, and each change stands in the log") {
    Edge edge;
    using crypto::jws::Algorithm;
    const Issuer a{
        "https://a", "us", {{Algorithm::es256, "{1}"}, {Algorithm::ps256, "{2}"}, {Algorithm::rs256, "{3}"}, {Algorithm::eddsa, "{4}"}}
    };
    CHECK_FALSE(find(edge, "https://a"));
    CHECK(replace(edge, {a, {"https://b", "us", {}}}, "two"));
    CHECK_FALSE(replace(edge, {}, "two"));
    const auto found = find(edge, "https://a");
    REQUIRE(found);
    CHECK(found->audience == "us");
    REQUIRE(found->keys.size() == 4);
    for (std::size_t at = 0; at < 4; ++at) {
        CHECK(found->keys[at].algorithm == a.keys[at].algorithm);
        CHECK(found->keys[at].jwk == a.keys[at].jwk);
    }
    CHECK_FALSE(find(edge, "https://A"));
    CHECK(replace(edge, {{"https://b", "them", {}}}, "one"));
    CHECK_FALSE(find(edge, "https://a"));
    CHECK(find(edge, "https://b")->audience == "them");
    CHECK(replace(edge, {a}, "two"));  // back to what it was before
    CHECK(find(edge, "https://a"));
    const auto entries =
        edge.database->read([&](Connection& connection) -> Result<std::size_t> { return edge.log.entries(connection, 0, 100).size(); });
    CHECK(*entries == 3);
}
