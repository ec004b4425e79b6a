#include "gateway/cli/unfinished_upload.hpp"

#include "crypto/encoding.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace gateway::cli {
namespace {

using nlohmann::json;

constexpr int version = 1;

// Exactly the members that are written, each of its kind: anything else is not ours.
bool has_shape(const json& value) {
    const auto is_text = [&value](const char* name) { return value.contains(name) && value[name].is_string(); };
    if (!value.is_object() || value.value("v", json()) != json(version) || !value.contains("file") || !value["file"].is_object()) {
        return false;
    }
    const json& file = value["file"];
    const auto is_number = [&file](const char* name) { return file.contains(name) && file[name].is_number_integer(); };
    const bool texts = is_text("upload") && is_text("recipient") && is_text("plain") && is_text("sealed") && is_text("beginning") &&
                       is_text("key") && is_text("seal");
    return texts && is_number("size") && is_number("modified") && is_number("inode");
}

// The nonce is the end of the beginning.
std::optional<crypto::age::FileStart> parse_start(const std::string& beginning, const std::string& key) {
    auto bytes = crypto::from_base64(beginning);
    auto secret = crypto::from_base64(key);
    crypto::age::FileStart start;
    const auto room = start.file_key.expose_writable();
    if (bytes.has_error() || bytes->size() <= start.nonce.size() || secret.has_error() || secret->size() != room.size()) {
        return std::nullopt;
    }
    std::copy(secret->begin(), secret->end(), room.begin());
    crypto::wipe(*secret);
    std::copy(bytes->end() - static_cast<std::ptrdiff_t>(start.nonce.size()), bytes->end(), start.nonce.begin());
    start.beginning = std::move(*bytes);
    return start;
}

bool is_upload_id(const std::string& text) {  // it becomes part of a path
    return text.size() == 32 && std::ranges::all_of(text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

}  // namespace

std::string format_unfinished(const UnfinishedUpload& upload) {
    const json value = {
        {"v", version},
        {"upload", upload.upload},
        {"recipient", upload.recipient},
        {"file", {{"size", upload.file.size}, {"modified", upload.file.modified}, {"inode", upload.file.inode}}},
        {"plain", upload.plain.hex()},
        {"sealed", upload.sealed.hex()},
        {"beginning", crypto::to_base64(upload.start.beginning)},
        {"key", crypto::to_base64(upload.start.file_key.expose())},
        {"seal", upload.seal},
    };
    return value.dump() + "\n";
}

std::optional<UnfinishedUpload> parse_unfinished(std::string_view text) {
    const auto value = json::parse(text, nullptr, /*allow_exceptions=*/false);
    if (!has_shape(value)) {
        return std::nullopt;
    }
    auto start = parse_start(value["beginning"].get<std::string>(), value["key"].get<std::string>());
    const auto plain = crypto::Digest::from_hex(value["plain"].get<std::string>());
    const auto sealed = crypto::Digest::from_hex(value["sealed"].get<std::string>());
    const auto& file = value["file"];
    if (!start || !plain || !sealed || !is_upload_id(value["upload"].get<std::string>())) {
        return std::nullopt;
    }
    return UnfinishedUpload{
        .upload = value["upload"].get<std::string>(),
        .recipient = value["recipient"].get<std::string>(),
        .file = {file["size"].get<std::uint64_t>(), file["modified"].get<std::int64_t>(), file["inode"].get<std::uint64_t>()},
        .plain = *plain,
        .sealed = *sealed,
        .start = std::move(*start),
        .seal = value["seal"].get<std::string>(),
    };
}

std::string unfinished_name(const UploadPlace& place) {
    const std::string text = json::array({place.edge, place.grant, place.item, crypto::to_hex(crypto::as_bytes(place.document))}).dump();
    return crypto::sha256(crypto::as_bytes(text)).hex();
}

}  // namespace gateway::cli
