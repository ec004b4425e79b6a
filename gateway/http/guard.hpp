// The wire profile, held over the raw bytes of a header block before a parser sees them: HTTP/1.1 (1.0 tolerated), origin-form, one
// Host, one decimal Content-Length, no Transfer-Encoding, no control byte, no folded line, no bare LF (RFC 9112, stricter where it may).
// Believes nothing. Pure: no socket, no clock; fuzzable. A refusal is always the end of the connection.
#pragma once

#include "gateway/http/problem.hpp"

#include <span>

namespace gateway::http {

struct Refusal {
    Problem problem;
    std::string_view detail;  // static text, in English
};

// Finds the end of a header block while bytes arrive, each byte looked at once, and refuses early what can only be wrong.
class HeadScan {
public:
    enum class State { more, complete, refused };

    // `bytes` is everything received since the last request; it only grows between calls.
    State scan(std::string_view bytes);
    std::size_t start() const noexcept { return start_; }  // behind one empty line, which RFC 9112 section 2.2 lets a client send
    std::size_t size() const noexcept { return at_; }      // of the whole, with its empty line; after `complete`
    const Refusal& refusal() const noexcept { return refusal_; }
    bool began() const noexcept { return at_ > 0; }

private:
    State refuse(const Problem& problem, std::string_view detail);
    std::size_t start_ = 0;
    std::size_t at_ = 0;
    std::size_t line_ = 0;   // where the current line starts
    std::size_t lines_ = 0;  // complete ones
    Refusal refusal_{problems::bad_request, {}};
};

// What the guard has read of a block that passed. Views into the block.
struct Vetted {
    std::string_view method, target, host;
    std::optional<std::uint64_t> content_length;
    bool expects_continue = false;
    bool http_1_0 = false;
    bool close = false;  // HTTP/1.0, or Connection: close
};

struct Verdict {
    std::optional<Refusal> refusal;
    Vetted head;  // after a refusal at most method and target
};

// `block` ends with its empty line. `hosts` is the allow-list in lower case; `server_name` the SNI in lower case, empty without one.
Verdict vet(std::string_view block, std::span<const std::string> hosts, std::string_view server_name);

}  // namespace gateway::http
