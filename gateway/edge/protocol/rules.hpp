// The one state machine of an upload's bytes, for all protocols: offset ≤ length, length once said never changes, complete is the end.
// Pure: no store, no socket, no clock. A caller plans a request, receives its body, and asks where that has led.
//
//   receiving, length unknown ──length said──▶ receiving ──all bytes, and the client says so──▶ complete ──▶ sealed
//        └────────── more bytes than its length, terminated, expired, no longer permitted ──────────▶ aborted
#pragma once

#include "gateway/edge/protocol/upload_request.hpp"
#include "gateway/http/problem.hpp"

#include <boost/system/result.hpp>

namespace gateway::edge::protocol {

struct Refusal {
    http::Problem problem;
    bool ends_upload = false;  // IETF draft, section 4.4.2: more bytes than the length make the upload invalid
};

struct Plan {
    std::optional<std::uint64_t> length;  // to be recorded, when this request says it for the first time
    std::uint64_t end = 0;                // offset after the whole body
    bool completes = false;               // once the whole body is there
};

// May this body be received into the upload, which is receiving?
boost::system::result<Plan, Refusal> plan_append(const storage::edge::Upload& upload, const Append& append);

// A creation's own body, as the append that follows it at once.
Append first_append(How how, std::uint64_t body_bytes, bool completes, std::vector<Expected> content);

}  // namespace gateway::edge::protocol
