#include "gateway/edge/age_gate.hpp"

#include "crypto/age/inspect.hpp"

namespace gateway::edge {

Gate look_at(crypto::ByteView first, std::uint64_t total) {
    crypto::age::HeaderParser parser;
    const auto fed = parser.feed(first);
    if (fed.has_error()) {
        return Gate::not_encrypted;
    }
    if (fed->state == crypto::age::HeaderParser::State::need_more) {
        // All bytes are here, or more than a header may have, and it still goes on.
        const bool could_end = first.size() < total && first.size() < crypto::age::header_bytes_max;
        return could_end ? Gate::need_more : Gate::not_encrypted;
    }
    const auto header = parser.take();
    if (crypto::age::inspect(header).has_error() || crypto::age::expect_x25519_only(header).has_error()) {
        return Gate::not_encrypted;
    }
    return crypto::age::plain_size_of(header, total).has_error() ? Gate::damaged : Gate::passed;
}

}  // namespace gateway::edge
