#include "gateway/edge/wire.hpp"

#include "crypto/encoding.hpp"
#include "gateway/edge/limits.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <limits>

namespace gateway::edge {
namespace {

using nlohmann::json;

constexpr auto number_max = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
constexpr std::size_t mac_bytes = 32;

// Reads members of one object and remembers whether all of them were there and right.
class Fields {
public:
    explicit Fields(const json& object) : object_(object), good_(object.is_object()) {}

    std::string text(const char* name) {
        return get<std::string>(name, [](const json& value) { return value.is_string(); });
    }

    std::uint64_t number(const char* name) {
        return get<std::uint64_t>(name, [](const json& value) {
            return value.is_number_unsigned() && value.get<std::uint64_t>() <= number_max;
        });
    }

    bool flag(const char* name) {
        return get<bool>(name, [](const json& value) { return value.is_boolean(); });
    }

    crypto::Digest digest(const char* name) { return must(crypto::Digest::from_hex(text(name)), crypto::Digest{}); }

    crypto::Bytes base64(const char* name) {
        auto bytes = crypto::from_base64(text(name));
        good_ = good_ && bytes.has_value();
        return bytes.has_value() ? *std::move(bytes) : crypto::Bytes();
    }

    template <class T>
    T must(std::optional<T> value, T otherwise) {
        good_ = good_ && value.has_value();
        return value ? *std::move(value) : otherwise;
    }

    const json& member(const char* name) {
        static const json nothing;
        const bool there = object_.is_object() && object_.contains(name);
        good_ = good_ && there;
        return there ? object_.at(name) : nothing;
    }

    void expect(bool rule) { good_ = good_ && rule; }
    bool good() const noexcept { return good_; }

private:
    template <class T, class Check>
    T get(const char* name, Check check) {
        const auto& value = member(name);
        good_ = good_ && check(value);
        return good_ ? value.get<T>() : T{};
    }

    const json& object_;
    bool good_;
};

json upload_object(const storage::edge::Upload& upload) {
    json outcome = nullptr;
    if (upload.outcome) {
        outcome = {{"version", upload.outcome->version}, {"sealed", crypto::to_base64(upload.outcome->sealed)}};
    }
    return {
        {"id", upload.id.text()},
        {"item", upload.item.text()},
        {"state", std::string(text_of(upload.state))},
        {"size", upload.length_known ? json(upload.size) : json(nullptr)},
        {"offset", upload.offset},
        {"at", upload.created_at.text()},
        {"outcome", std::move(outcome)}
    };
}

template <class Id>
Id id_in(Fields& fields, const char* name) {
    return fields.must(Id::parse(fields.text(name)), Id::from_random({}));
}

// A list of different digests. Nothing when it is none.
std::optional<std::vector<crypto::Digest>> digests_of(const json& list) {
    if (!list.is_array() || list.size() > limits::machines_per_posting_max) {
        return std::nullopt;
    }
    std::vector<crypto::Digest> digests;
    for (const auto& element : list) {
        const auto digest = element.is_string() ? crypto::Digest::from_hex(element.get_ref<const std::string&>()) : std::nullopt;
        if (!digest || std::ranges::find(digests, *digest) != digests.end()) {
            return std::nullopt;
        }
        digests.push_back(*digest);
    }
    return digests;
}

// A core from before machines does not mention them.
storage::Machines read_machines(Fields& fields, const json& posting) {
    if (!posting.is_object() || !posting.contains("machines")) {
        return {};
    }
    Fields machines(posting.at("machines"));
    storage::Machines read{
        machines.must(digests_of(machines.member("clients")), {}), machines.must(digests_of(machines.member("certificates")), {})
    };
    fields.expect(machines.good());
    return read;
}

}  // namespace

std::string upload_json(const storage::edge::Upload& upload) {
    return upload_object(upload).dump();
}

std::string posting_json(const storage::edge::Posting& posting, const std::vector<storage::edge::Upload>& uploads) {
    json items = json::array();
    for (const auto& item : posting.items) {
        items.push_back({{"code", item.code.text()}, {"fileBytesMax", item.file_bytes_max}, {"filesMax", item.files_max}});
    }
    json list = json::array();
    for (const auto& upload : uploads) {
        list.push_back(upload_object(upload));
    }
    const json limits = {
        {"fileBytesMax", posting.limits.file_bytes_max},
        {"filesMax", posting.limits.files_max},
        {"bytesMax", posting.limits.bytes_max},
        {"openUploadsMax", posting.limits.open_uploads_max}
    };
    return json({{"grant", posting.grant.text()},
                 {"version", posting.version},
                 {"state", std::string(text_of(posting.state))},
                 {"envelope", crypto::to_base64(posting.envelope)},
                 {"expiresAt", posting.expires_at.text()},
                 {"limits", limits},
                 {"items", std::move(items)},
                 {"uploads", std::move(list)}}
    ).dump();
}

std::string releases_json(const std::vector<storage::edge::Release>& releases) {
    json list = json::array();
    for (const auto& release : releases) {
        list.push_back(
            {{"id", release.id.text()},
             {"size", release.size},
             {"sha256", release.sha256.hex()},
             {"expiresAt", release.expires_at.text()},
             {"description", crypto::to_base64(release.description)}}
        );
    }
    return json({{"releases", std::move(list)}}).dump();
}

Answer<storage::edge::Posting> parse_posting(std::string_view text) {
    const auto parsed = json::parse(text, nullptr, false);
    Fields fields(parsed);
    storage::edge::Posting posting{
        .grant = id_in<policies::GrantId>(fields, "grant"),
        .version = fields.number("version"),
        .token_hash = fields.digest("tokenHash"),
        .state = fields.must(storage::edge::grant_state_of(fields.text("state")), storage::edge::GrantState::closed),
        .epoch = fields.number("epoch"),
        .expires_at = fields.must(policies::Instant::parse(fields.text("expiresAt")), policies::Instant{}),
        .policy = fields.digest("policy"),
        .envelope = fields.base64("envelope"),
        .limits = {},
        .items = {},
        .machines = read_machines(fields, parsed),
    };
    Fields limits(fields.member("limits"));
    posting.limits = {limits.number("fileBytesMax"), limits.number("filesMax"), limits.number("bytesMax"), limits.number("openUploadsMax")};
    const auto& items = fields.member("items");
    fields.expect(
        limits.good() && items.is_array() && items.size() <= limits::items_per_posting_max &&
        posting.envelope.size() <= limits::envelope_bytes_max
    );
    if (!fields.good()) {
        return http::problems::invalid;
    }
    for (const auto& element : items) {
        Fields item(element);
        posting.items.push_back({id_in<policies::ItemId>(item, "code"), item.number("fileBytesMax"), item.number("filesMax")});
        const auto& code = posting.items.back().code;
        const auto same = [&code](const storage::edge::Item& other) { return other.code == code; };
        if (!item.good() || std::ranges::count_if(posting.items, same) != 1) {
            return http::problems::invalid;
        }
    }
    return posting;
}

Answer<std::vector<storage::edge::Issuer>> parse_issuers(std::string_view text) {
    const auto parsed = json::parse(text, nullptr, false);
    Fields fields(parsed);
    const auto& list = fields.member("issuers");
    fields.expect(list.is_array() && list.size() <= limits::issuers_max);
    if (!fields.good()) {
        return http::problems::invalid;
    }
    std::vector<storage::edge::Issuer> issuers;
    for (const auto& element : list) {
        Fields issuer(element);
        storage::edge::Issuer read{issuer.text("issuer"), issuer.text("audience"), {}};
        auto keys = crypto::jws::parse_key_set(issuer.member("keys").dump());
        const auto same = [&read](const storage::edge::Issuer& other) { return other.issuer == read.issuer; };
        if (!issuer.good() || read.issuer.empty() || read.audience.empty() || keys.has_error() || std::ranges::any_of(issuers, same)) {
            return http::problems::invalid;
        }
        read.keys = *std::move(keys);
        issuers.push_back(std::move(read));
    }
    return issuers;
}

Answer<storage::edge::Seal> parse_seal(std::string_view text) {
    const auto parsed = json::parse(text, nullptr, false);
    Fields fields(parsed);
    auto manifest = fields.base64("manifest");
    auto mac = crypto::from_hex(fields.text("mac"));
    const auto sha256 = fields.digest("sha256");
    fields.expect(
        parsed.is_object() && parsed.size() == 3 && mac.has_value() && mac->size() == mac_bytes &&
        manifest.size() <= limits::manifest_bytes_max
    );
    if (!fields.good()) {
        return http::problems::invalid;
    }
    return storage::edge::Seal{sha256, *std::move(mac), std::move(manifest)};
}

std::string sealed_json(const policies::UploadId& id, const std::string& receipt) {
    return json({{"upload", id.text()}, {"state", "sealed"}, {"receipt", receipt}}).dump();
}

Answer<OutcomeOrder> parse_outcome(std::string_view text) {
    const auto parsed = json::parse(text, nullptr, false);
    Fields fields(parsed);
    OutcomeOrder order;
    order.outcome.version = fields.number("version");
    order.outcome.sealed = fields.base64("sealed");
    using storage::edge::Uploads;
    order.ciphertext = fields.flag("keep") ? Uploads::Ciphertext::keep : Uploads::Ciphertext::remove;
    order.place = fields.flag("placeFree") ? Uploads::Place::free : Uploads::Place::used;
    if (!fields.good()) {
        return http::problems::invalid;
    }
    return order;
}

std::string sealed_upload_json(const storage::edge::Upload& upload, const storage::edge::Seal& seal) {
    return json({{"id", upload.id.text()},
                 {"grant", upload.grant.text()},
                 {"item", upload.item.text()},
                 {"size", upload.size},
                 {"sha256", seal.sha256.hex()},
                 {"state", std::string(text_of(upload.state))},
                 {"index", upload.log_index.value_or(0)},
                 {"manifest", crypto::to_base64(seal.manifest)},
                 {"mac", crypto::to_hex(seal.mac)}}
    ).dump();
}

std::string status_json(const Status& status) {
    return json({{"origin", status.origin},
                 {"vkey", status.vkey},
                 {"checkpoint", status.checkpoint},
                 {"postings", status.postings},
                 {"uploads", status.uploads}}
    ).dump();
}

std::string log_json(const std::string& checkpoint, const std::vector<crypto::Bytes>& entries) {
    json list = json::array();
    for (const auto& entry : entries) {
        list.push_back(crypto::to_base64(entry));
    }
    return json({{"checkpoint", checkpoint}, {"entries", std::move(list)}}).dump();
}

}  // namespace gateway::edge
