#include "gateway/edge/age_gate.hpp"

#include "crypto/age/stream.hpp"
#include "crypto/encoding.hpp"
#include "tests/catch.hpp"

using gateway::edge::Gate;
using gateway::edge::look_at;
using gateway::edge::look_at_beginning;

namespace {

std::string raw(std::size_t bytes) {
    return crypto::to_base64_raw(crypto::Bytes(bytes, 7));
}

std::string x25519() {
    return "-> X25519 " + raw(32) + "\n" + raw(32) + "\n";
}

std::string header(const std::string& stanzas) {
    return "age-encryption.org/v1\n" + stanzas + "--- " + raw(32) + "\n";
}

Gate look(const std::string& first, std::uint64_t total) {
    return look_at(crypto::as_bytes(first), total);
}

}  // namespace

TEST_CASE("an age file for X25519 recipients passes as soon as its header is whole, not before") {
    const auto whole = header(x25519());
    const auto total = whole.size() + crypto::age::payload_size(1000);
    for (std::size_t have = 0; have < whole.size(); ++have) {
        INFO(have);
        CHECK(look_at_beginning(crypto::as_bytes(whole.substr(0, have))) == Gate::need_more);
    }
    CHECK(look_at_beginning(crypto::as_bytes(whole)) == Gate::passed);
    CHECK(look(whole, total) == Gate::passed);
    CHECK(look(whole + "payload", total) == Gate::passed);
    CHECK(look(header(x25519() + x25519()), header(x25519() + x25519()).size() + crypto::age::payload_size(0)) == Gate::passed);
}

TEST_CASE("what is not an age file is refused by its first bytes") {
    for (const auto* first :
         {"%PDF-1.7",
          "PK\x03\x04",
          "x",
          "age-encryption.org/v2\n",
          "age-encryption.org/v1\r\n",
          "-----BEGIN AGE ENCRYPTED FILE-----",
          "age-encryption.org/v1\nplain text\n"}) {
        INFO(first);
        CHECK(look_at_beginning(crypto::as_bytes(std::string_view(first))) == Gate::not_encrypted);
    }
}

TEST_CASE("another kind of recipient is refused, alone or beside a good one") {
    const auto scrypt = "-> scrypt " + raw(16) + " 18\n" + raw(32) + "\n";
    const auto ssh = "-> ssh-ed25519 AAAAAA " + raw(32) + "\n" + raw(32) + "\n";
    for (const auto& stanzas : {scrypt, ssh, x25519() + ssh, std::string("-> joint a b\n\n"), std::string("-> X25519 short\n\n")}) {
        INFO(stanzas);
        CHECK(look(header(stanzas), 100'000) == Gate::not_encrypted);
    }
}

TEST_CASE("a size that no plaintext has is refused") {
    const auto whole = header(x25519());
    CHECK(look(whole, whole.size() + crypto::age::payload_size(0) - 1) == Gate::damaged);
    CHECK(look(whole, whole.size() + crypto::age::payload_size(65536)) == Gate::passed);
    CHECK(look(whole, whole.size() + crypto::age::payload_size(65536) + 1) == Gate::damaged);
    CHECK(look(whole, whole.size() + crypto::age::payload_size(65536) + 16) == Gate::damaged);
    CHECK(look(whole, whole.size() + crypto::age::payload_size(65537)) == Gate::passed);
}

TEST_CASE("a header that never ends is refused: at the end of the file, and at the limit") {
    const auto begun = header(x25519()).substr(0, 60);
    CHECK(look(begun, 60) == Gate::not_encrypted);
    std::string endless = "age-encryption.org/v1\n";
    while (endless.size() < crypto::age::header_bytes_max) {
        endless += x25519();
    }
    endless.resize(crypto::age::header_bytes_max);
    CHECK(look_at_beginning(crypto::as_bytes(endless)) == Gate::not_encrypted);
}
