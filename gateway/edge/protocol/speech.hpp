// Which protocol a request speaks, and answers in it. Pure. Tus-Resumable says tus, Upload-Draft-Interop-Version 6 or 8 or Upload-Complete
// says resumable uploads; a HEAD or DELETE that says nothing is answered in the protocol the upload was created in.
#pragma once

#include "gateway/edge/protocol/rules.hpp"
#include "gateway/http/exchange.hpp"

namespace gateway::edge::protocol {

struct Speech {
    storage::edge::Protocol protocol = storage::edge::Protocol::tus;
    std::optional<std::uint64_t> interop;  // 6 or 8: this client understands 104
};

enum class Said { tus, resumable, nothing, unsupported };  // unsupported: a tus of another version
struct Heard {
    Said said = Said::nothing;
    Speech speech;
};
Heard listen(const http::Request& request) noexcept;

std::string location_of(const policies::UploadId& id);

// 412 with the versions that are spoken here.
http::Response unsupported(const http::Exchange& exchange);
// A refusal; of an upload that goes on, with its offset.
http::Response refused(const http::Exchange& exchange, const http::Problem& problem, const storage::edge::Upload* upload = nullptr);

http::Response created(const Speech& speech, const storage::edge::Upload& upload, policies::Instant now);
http::Response appended(const Speech& speech, const storage::edge::Upload& upload, policies::Instant now);
http::Response state(const Speech& speech, const storage::edge::Upload& upload, policies::Instant now);
http::Response options();

}  // namespace gateway::edge::protocol
