#include "storage/edge/issuers.hpp"

#include "crypto/ensure.hpp"

namespace storage::edge {
namespace {

constexpr std::string_view algorithm_names[] = {"ES256", "PS256", "RS256", "EdDSA"};

std::string_view name_of(crypto::jws::Algorithm algorithm) {
    for (const auto name : algorithm_names) {
        if (crypto::jws::parse_algorithm(name) == algorithm) {
            return name;
        }
    }
    crypto::ensure(false, "every algorithm has a name");
    return {};
}

bool is_known(Connection& connection, const crypto::Digest& digest) {
    auto row = connection.query("SELECT 1 FROM issuer_set WHERE sha256 = ?", crypto::ByteView(digest.bytes));
    return row.step();
}

}  // namespace

bool Issuers::replace(Connection& connection, const std::vector<Issuer>& issuers, const crypto::Digest& digest, policies::Instant now) {
    if (is_known(connection, digest)) {
        return false;
    }
    connection.run("DELETE FROM issuer_key");
    connection.run("DELETE FROM issuer");
    for (const auto& issuer : issuers) {
        connection.run("INSERT INTO issuer (issuer, audience) VALUES (?, ?)", issuer.issuer, issuer.audience);
        for (const auto& key : issuer.keys) {
            connection.run(
                "INSERT INTO issuer_key (issuer, algorithm, jwk) VALUES (?, ?, ?)", issuer.issuer, name_of(key.algorithm), key.jwk
            );
        }
    }
    connection.run(
        "INSERT INTO issuer_set (id, sha256) VALUES (1, ?1) ON CONFLICT (id) DO UPDATE SET sha256 = ?1", crypto::ByteView(digest.bytes)
    );
    log_.append(
        connection, {"issuers.published", {{"issuers", static_cast<std::int64_t>(issuers.size())}, {"sha256", digest.hex()}}, {}}, now
    );
    return true;
}

std::optional<Issuer> Issuers::find(Connection& connection, std::string_view issuer) const {
    auto row = connection.query("SELECT issuer, audience FROM issuer WHERE issuer = ?", issuer);
    if (!row.step()) {
        return std::nullopt;
    }
    Issuer found{row.text(0), row.text(1), {}};
    auto key = connection.query("SELECT algorithm, jwk FROM issuer_key WHERE issuer = ? ORDER BY rowid", issuer);
    while (key.step()) {
        const auto algorithm = crypto::jws::parse_algorithm(key.text(0));
        crypto::ensure(algorithm.has_value(), "an algorithm in our own table has a name of ours");
        found.keys.push_back({*algorithm, key.text(1)});
    }
    return found;
}

}  // namespace storage::edge
