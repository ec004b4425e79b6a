#include "gateway/edge/protocol/rules.hpp"

namespace gateway::edge::protocol {

using http::problems::completed_upload;
using http::problems::inconsistent_length;
using http::problems::offset_mismatch;
using http::problems::too_large;
using storage::edge::Upload;

namespace {

using Planned = boost::system::result<Plan, Refusal>;

// Nothing more may come. An empty tus PATCH at the end is what a client sends that lost the answer to its last one.
Planned append_to_complete(const Upload& upload, const Append& append) {
    if (append.how == How::tus) {
        if (append.offset != upload.offset) {
            return Refusal{offset_mismatch};
        }
        return append.body_bytes == 0 ? Planned(Plan{{}, upload.offset, true}) : Planned(Refusal{too_large});
    }
    return Refusal{append.body_bytes == 0 ? completed_upload : inconsistent_length};
}

}  // namespace

Planned plan_append(const Upload& upload, const Append& append) {
    if (append.length && upload.length_known && *append.length != upload.size) {
        return Refusal{inconsistent_length};
    }
    if (upload.complete) {
        return append_to_complete(upload, append);
    }
    if (append.offset != upload.offset) {
        return Refusal{offset_mismatch};
    }
    const bool ends_with_request = append.completes && append.how != How::tus;
    auto length = upload.length_known ? std::optional(upload.size) : append.length;
    if (length && *length < upload.offset) {
        return Refusal{inconsistent_length};  // less than is there already
    }
    if (!upload.length_known && length && *length > upload.size) {
        return Refusal{too_large};
    }
    const auto left = length.value_or(upload.size) - upload.offset;
    if (append.body_bytes > left) {
        const bool beyond_length = length.has_value() && append.how == How::resumable;
        return beyond_length ? Refusal{inconsistent_length, true} : Refusal{too_large};
    }
    const auto end = upload.offset + append.body_bytes;
    if (ends_with_request && length && end != *length) {
        return Refusal{inconsistent_length};
    }
    if (ends_with_request) {
        length = end;
    }
    Plan plan{{}, end, ends_with_request || (append.how == How::tus && length == end)};
    if (!upload.length_known) {
        plan.length = length;
    }
    return plan;
}

Append first_append(How how, std::uint64_t body_bytes, bool completes, std::vector<Expected> content) {
    Append append;
    append.how = how;
    append.body_bytes = body_bytes;
    append.completes = completes;
    append.content = std::move(content);
    return append;
}

}  // namespace gateway::edge::protocol
