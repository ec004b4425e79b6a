// What core can ask of the edge: the inner API of ../README.md as typed verbs. The router and the publisher own the interface; behind
// it stands HTTPS with mutual TLS, or a fake in tests. What comes back is the word of a machine that may be taken over: it is parsed
// into types here, and believed only where a signature, a MAC or a hash says so later. Synchronous; one thread an object.
// Errors: gateway::client::Errc when the edge is not reached, LinkErrc for what it answers.
#pragma once

#include "crypto/digest.hpp"
#include "gateway/client/https.hpp"
#include "policies/ids.hpp"
#include "policies/instant.hpp"

#include <functional>

namespace gateway::core {

enum class LinkErrc {
    gone = 1,   // 404: the edge does not have it
    declined,   // another 4xx
    failed,     // 5xx: try later
    malformed,  // an answer that is none of the inner API's
};
const boost::system::error_category& link_category() noexcept;
boost::system::error_code make_error_code(LinkErrc error) noexcept;

struct EdgeLogPage {
    std::string checkpoint;               // signed note, not yet verified
    std::vector<crypto::Bytes> entries;   // from the index that was asked for; none at the end of the log
};

struct SealedUpload {
    policies::UploadId id;
    policies::GrantId grant;
    policies::ItemId item;
    std::uint64_t size = 0;  // ciphertext bytes
    crypto::Digest sha256;   // of the ciphertext
    crypto::Bytes manifest;  // an age file
    crypto::Digest mac;
};

// One publication for an uploader: sealed under the envelope key. `keep`: the edge still needs to hold the ciphertext. `place_free`: the
// file counts no longer, another one is asked for instead.
struct SealedOutcome {
    std::uint64_t version = 0;
    crypto::Bytes sealed;
    bool keep = true;
    bool place_free = false;
};

class EdgeLink {
public:
    virtual ~EdgeLink() = default;

    virtual crypto::Result<EdgeLogPage> log(std::uint64_t from) = 0;
    virtual crypto::Result<SealedUpload> upload(const policies::UploadId& id) = 0;
    // The age file, in pieces; `sink` returns false to stop (client::Errc::aborted). A cut connection is an error, not an end.
    virtual crypto::Result<void> fetch_content(const policies::UploadId& id, const std::function<bool(crypto::ByteView)>& sink) = 0;
    virtual crypto::Result<void> put_posting(const policies::GrantId& grant, const std::string& posting) = 0;
    // The whole set of pinned issuers, as issuers.hpp writes it.
    virtual crypto::Result<void> put_issuers(const std::string& issuers) = 0;
    virtual crypto::Result<void> put_outcome(const policies::UploadId& id, const SealedOutcome& outcome) = 0;
};

// A document for an outside reader: an age file in order, in as many pieces as are asked for.
struct PushedRelease {
    policies::ReleaseId id;
    policies::GrantId grant;
    policies::Instant expires_at;
    std::uint64_t size = 0;
    crypto::Digest sha256;
    crypto::Bytes description;  // sealed under the grant's envelope key
    // The next bytes; fewer than there is room for only at the end. Throws to break off (client::Errc::aborted).
    std::function<std::size_t(std::span<std::uint8_t>)> read;
};

// The same for releases, owned by the release publisher.
class ReleaseLink {
public:
    virtual ~ReleaseLink() = default;
    virtual crypto::Result<void> put_release(const PushedRelease& release) = 0;
    virtual crypto::Result<void> delete_release(const policies::ReleaseId& id) = 0;  // one it does not have is fine
};

class HttpsEdgeLink final : public EdgeLink, public ReleaseLink {
public:
    explicit HttpsEdgeLink(client::ClientOptions options);

    crypto::Result<EdgeLogPage> log(std::uint64_t from) override;
    crypto::Result<SealedUpload> upload(const policies::UploadId& id) override;
    crypto::Result<void> fetch_content(const policies::UploadId& id, const std::function<bool(crypto::ByteView)>& sink) override;
    crypto::Result<void> put_posting(const policies::GrantId& grant, const std::string& posting) override;
    crypto::Result<void> put_issuers(const std::string& issuers) override;
    crypto::Result<void> put_outcome(const policies::UploadId& id, const SealedOutcome& outcome) override;
    crypto::Result<void> put_release(const PushedRelease& release) override;
    crypto::Result<void> delete_release(const policies::ReleaseId& id) override;

private:
    crypto::Result<client::Answer> ask(const client::Call& call);
    crypto::Result<void> put(std::string path, std::string body);
    client::HttpsClient client_;
};

// The parsing behind it, sans I/O: what the two answers must look like.
crypto::Result<EdgeLogPage> parse_log_page(std::string_view json);
crypto::Result<SealedUpload> parse_sealed_upload(std::string_view json);

}  // namespace gateway::core

template <>
struct boost::system::is_error_code_enum<gateway::core::LinkErrc> : std::true_type {};
