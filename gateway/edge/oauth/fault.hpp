// Why a machine is not let in: for the operator's log and for tests. Outside every fault is the same 401.
#pragma once

#include <boost/system/result.hpp>

#include <string_view>

namespace gateway::edge::oauth {

enum class Fault {
    form,         // no token, or not one of three parts that say what they must
    type,         // "typ" is not at+jwt (RFC 9068), or of a proof not dpop+jwt (RFC 9449)
    issuer,       // not one that core has pinned
    signature,    // by no key of the issuer, or of the proof's own key
    audience,     // for somebody else
    time,         // over, not yet, or for longer than an access token may live
    client,       // does not say whose it is
    unbound,      // bound to no key and no certificate: whoever steals it could use it
    certificate,  // bound to another certificate than the connection's, or a certificate of nobody we trust
    proof,        // none, more than one, or none that can be read
    key,          // the proof is by another key than the token's
    request,      // the proof is for another request or another token
    replay,       // the proof was used before
    full,         // so many proofs within a minute that no more can be told from replays
    unknown,      // who it is, is clear; no grant names it, or not this one
};
std::string_view text_of(Fault fault) noexcept;

template <class T>
class [[nodiscard]] Outcome : public boost::system::result<T, Fault> {
public:
    using boost::system::result<T, Fault>::result;
};

}  // namespace gateway::edge::oauth
