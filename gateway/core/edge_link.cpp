#include "gateway/core/edge_link.hpp"

#include "crypto/encoding.hpp"

#include <nlohmann/json.hpp>

namespace gateway::core {

namespace {

using Json = nlohmann::json;

constexpr std::size_t log_entries_max = 256;  // of one answer, ../README.md
constexpr std::size_t entry_bytes_max = 4096;   // a leaf is never larger, ../../storage/merkle_log.hpp
constexpr std::size_t manifest_bytes_max = 64 * 1024;

class LinkCategory final : public boost::system::error_category {
public:
    const char* name() const noexcept override { return "edge link"; }
    std::string message(int code) const override {
        switch (static_cast<LinkErrc>(code)) {
        case LinkErrc::gone:
            return "the edge does not have it";
        case LinkErrc::declined:
            return "the edge declined";
        case LinkErrc::failed:
            return "the edge failed";
        case LinkErrc::malformed:
            return "the edge's answer does not parse";
        }
        return "unknown";
    }
};

crypto::Result<std::string> text_of(const Json& object, const char* field) {
    const auto found = object.find(field);
    if (found == object.end() || !found->is_string()) {
        return LinkErrc::malformed;
    }
    return found->get<std::string>();
}

template <class Id>
crypto::Result<Id> id_of(const Json& object, const char* field) {
    const auto text = text_of(object, field);
    auto id = text.has_value() ? Id::parse(*text) : std::nullopt;
    if (!id) {
        return LinkErrc::malformed;
    }
    return std::move(*id);
}

crypto::Result<crypto::Digest> digest_of(const Json& object, const char* field) {
    const auto text = text_of(object, field);
    const auto digest = text.has_value() ? crypto::Digest::from_hex(*text) : std::nullopt;
    if (!digest) {
        return LinkErrc::malformed;
    }
    return *digest;
}

Json object_of(std::string_view json) {
    auto parsed = Json::parse(json, nullptr, /*allow_exceptions=*/false);
    return parsed.is_object() ? parsed : Json();
}

}  // namespace

const boost::system::error_category& link_category() noexcept {
    static const LinkCategory category;
    return category;
}

boost::system::error_code make_error_code(LinkErrc error) noexcept {
    return {static_cast<int>(error), link_category()};
}

crypto::Result<EdgeLogPage> parse_log_page(std::string_view json) {
    const auto object = object_of(json);
    auto checkpoint = text_of(object, "checkpoint");
    const auto entries = object.find("entries");
    if (checkpoint.has_error() || entries == object.end() || !entries->is_array() || entries->size() > log_entries_max) {
        return LinkErrc::malformed;
    }
    EdgeLogPage page{std::move(*checkpoint), {}};
    for (const auto& entry : *entries) {
        if (!entry.is_string()) {
            return LinkErrc::malformed;
        }
        auto bytes = crypto::from_base64(entry.get_ref<const std::string&>());
        if (bytes.has_error() || bytes->size() > entry_bytes_max) {
            return LinkErrc::malformed;
        }
        page.entries.push_back(std::move(*bytes));
    }
    return page;
}

crypto::Result<SealedUpload> parse_sealed_upload(std::string_view json) {
    const auto object = object_of(json);
    auto id = id_of<policies::UploadId>(object, "id");
    auto grant = id_of<policies::GrantId>(object, "grant");
    auto item = id_of<policies::ItemId>(object, "item");
    const auto sha256 = digest_of(object, "sha256");
    const auto mac = digest_of(object, "mac");
    const auto manifest_text = text_of(object, "manifest");
    const auto size = object.find("size");
    if (id.has_error() || grant.has_error() || item.has_error() || sha256.has_error() || mac.has_error() || manifest_text.has_error() ||
        size == object.end() || !size->is_number_unsigned()) {
        return LinkErrc::malformed;
    }
    auto manifest = crypto::from_base64(*manifest_text);
    if (manifest.has_error() || manifest->size() > manifest_bytes_max) {
        return LinkErrc::malformed;
    }
    return SealedUpload{
        std::move(*id), std::move(*grant), std::move(*item), size->get<std::uint64_t>(), *sha256, std::move(*manifest), *mac
    };
}

HttpsEdgeLink::HttpsEdgeLink(client::ClientOptions options) : client_(std::move(options)) {}

crypto::Result<client::Answer> HttpsEdgeLink::ask(const client::Call& call) {
    auto answer = client_.call(call);
    if (answer.has_error() || (answer->status >= 200 && answer->status < 300)) {
        return answer;
    }
    if (answer->status == 404) {
        return LinkErrc::gone;
    }
    if (answer->status >= 400 && answer->status < 500) {
        return LinkErrc::declined;
    }
    return LinkErrc::failed;
}

crypto::Result<EdgeLogPage> HttpsEdgeLink::log(std::uint64_t from) {
    client::Call call;
    call.path = "/inner/v1/log?from=" + std::to_string(from);
    const auto answer = ask(call);
    if (answer.has_error()) {
        return answer.error();
    }
    return parse_log_page(answer->body);
}

crypto::Result<SealedUpload> HttpsEdgeLink::upload(const policies::UploadId& id) {
    client::Call call;
    call.path = "/inner/v1/uploads/" + id.text();
    const auto answer = ask(call);
    if (answer.has_error()) {
        return answer.error();
    }
    return parse_sealed_upload(answer->body);
}

crypto::Result<void> HttpsEdgeLink::fetch_content(const policies::UploadId& id, const std::function<bool(crypto::ByteView)>& sink) {
    client::Call call;
    call.path = "/inner/v1/uploads/" + id.text() + "/content";
    call.sink = sink;
    const auto answer = ask(call);
    if (answer.has_error()) {
        return answer.error();
    }
    return {};
}

crypto::Result<void> HttpsEdgeLink::put(std::string path, std::string body) {
    client::Call call;
    call.method = "PUT";
    call.path = std::move(path);
    call.headers["content-type"] = "application/json";
    call.body = std::move(body);
    const auto answer = ask(call);
    if (answer.has_error()) {
        return answer.error();
    }
    return {};
}

crypto::Result<void> HttpsEdgeLink::put_posting(const policies::GrantId& grant, const std::string& posting) {
    return put("/inner/v1/postings/" + grant.text(), posting);
}

crypto::Result<void> HttpsEdgeLink::put_issuers(const std::string& issuers) {
    return put("/inner/v1/issuers", issuers);
}

crypto::Result<void> HttpsEdgeLink::put_outcome(const policies::UploadId& id, const SealedOutcome& outcome) {
    const Json body = {
        {"version", outcome.version},
        {"sealed", crypto::to_base64(outcome.sealed)},
        {"keep", outcome.keep},
        {"placeFree", outcome.place_free}
    };
    return put("/inner/v1/uploads/" + id.text() + "/outcome", body.dump());
}

crypto::Result<void> HttpsEdgeLink::put_release(const PushedRelease& release) {
    client::Call call;
    call.method = "PUT";
    call.path = "/inner/v1/releases/" + release.id.text();
    call.headers = {
        {"content-type", "application/octet-stream"},
        {"release-grant", release.grant.text()},
        {"release-expires", release.expires_at.text()},
        {"release-sha256", release.sha256.hex()},
        {"release-description", crypto::to_base64(release.description)},
    };
    call.body_source = release.read;
    call.body_size = release.size;
    const auto answer = ask(call);
    if (answer.has_error()) {
        return answer.error();
    }
    return {};
}

crypto::Result<void> HttpsEdgeLink::delete_release(const policies::ReleaseId& id) {
    client::Call call;
    call.method = "DELETE";
    call.path = "/inner/v1/releases/" + id.text();
    const auto answer = ask(call);
    if (answer.has_error()) {
        return answer.error();
    }
    return {};
}

}  // namespace gateway::core
