#include "gateway/core/router/acceptance.hpp"

#include <nlohmann/json.hpp>

namespace gateway::core::router {

namespace {

using Json = nlohmann::json;

std::string text_of(const Json& object, const char* field) {
    const auto found = object.find(field);
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::optional<std::uint64_t> count_of(const Json& object, const char* field) {
    const auto found = object.find(field);
    if (found == object.end() || !found->is_number_unsigned()) {
        return std::nullopt;
    }
    const auto count = found->get<std::uint64_t>();
    // What does not fit a database's integer is no size of ours.
    return count <= std::uint64_t{INT64_MAX} ? std::optional(count) : std::nullopt;
}

std::optional<Acceptance> parse_acceptance(const Json& object) {
    auto upload = policies::UploadId::parse(text_of(object, "upload"));
    auto grant = policies::GrantId::parse(text_of(object, "grant"));
    auto item = policies::ItemId::parse(text_of(object, "item"));
    const auto size = count_of(object, "size");
    const auto sha256 = crypto::Digest::from_hex(text_of(object, "sha256"));
    const auto manifest = crypto::Digest::from_hex(text_of(object, "manifest"));
    const auto mac = crypto::Digest::from_hex(text_of(object, "mac"));
    const auto at = policies::Instant::parse(text_of(object, "ts"));
    if (!upload || !grant || !item || !size || !sha256 || !manifest || !mac || !at) {
        return std::nullopt;
    }
    return Acceptance{std::move(*upload), std::move(*grant), std::move(*item), *size, *sha256, *manifest, *mac, *at};
}

}  // namespace

LogEntry parse_log_entry(crypto::ByteView entry, std::string_view log, std::uint64_t index) {
    const auto object = Json::parse(entry.begin(), entry.end(), nullptr, /*allow_exceptions=*/false);
    if (!object.is_object() || text_of(object, "log") != log || count_of(object, "seq") != index || count_of(object, "v") != 1U) {
        return {};
    }
    const auto act = text_of(object, "act");
    if (act != "upload.sealed") {
        return {act.empty() ? LogEntry::Kind::malformed : LogEntry::Kind::other, std::nullopt};
    }
    auto acceptance = parse_acceptance(object);
    if (!acceptance) {
        return {};
    }
    return {LogEntry::Kind::acceptance, std::move(acceptance)};
}

}  // namespace gateway::core::router
