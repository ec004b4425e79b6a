#include "crypto/manifest.hpp"

#include "crypto/errors.hpp"

#include <nlohmann/json.hpp>

namespace crypto {

namespace {

constexpr std::size_t document_max = 16 * 1024;
constexpr std::size_t text_max = 1024;
constexpr std::size_t note_max = 4 * 1024;

// Reads one field after the other and remembers whether any was missing, of another type or too long.
class Fields {
public:
    explicit Fields(const nlohmann::json& object) : object_(object) {}

    std::string text(const char* name, std::size_t max = text_max) {
        const auto* field = find(name, nlohmann::json::value_t::string);
        if (field == nullptr) {
            return {};
        }
        auto value = field->get<std::string>();
        good_ = good_ && value.size() <= max;
        return value;
    }

    std::uint64_t number(const char* name) {
        const auto* field = find(name, nlohmann::json::value_t::number_unsigned);
        return field == nullptr ? 0 : field->get<std::uint64_t>();
    }

    bool is_null(const char* name) {
        const auto field = object_.find(name);
        return field != object_.end() && field->is_null() && ++known_ > 0;
    }

    // Everything was there and nothing else: a field we do not know may mean something we would ignore.
    bool good() const { return good_ && known_ == object_.size(); }

private:
    const nlohmann::json* find(const char* name, nlohmann::json::value_t type) {
        const auto field = object_.find(name);
        if (field == object_.end() || field->type() != type) {
            good_ = false;
            return nullptr;
        }
        ++known_;
        return &*field;
    }

    const nlohmann::json& object_;
    bool good_ = true;
    std::size_t known_ = 0;
};

}  // namespace

Result<Manifest> parse_manifest(ByteView json) {
    if (json.size() > document_max) {
        return Errc::format;
    }
    const auto document = nlohmann::json::parse(as_text(json), nullptr, false);
    if (!document.is_object()) {
        return Errc::format;
    }
    Fields fields(document);
    const std::uint64_t version = fields.number("v");
    Manifest manifest;
    manifest.grant = fields.text("grant");
    manifest.item = fields.text("item");
    manifest.name = fields.text("name");
    manifest.type = fields.text("type");
    manifest.size = fields.number("size");
    const auto digest = Digest::from_hex(fields.text("sha256"));
    if (!fields.is_null("supersedes")) {
        manifest.supersedes = fields.text("supersedes");
    }
    manifest.note = fields.text("note", note_max);
    manifest.sealed_at = fields.text("sealedAt");
    if (!fields.good() || version != 1 || !digest) {
        return Errc::format;
    }
    manifest.sha256 = *digest;
    return manifest;
}

std::string format_manifest(const Manifest& manifest) {
    nlohmann::ordered_json document;
    document["v"] = 1;
    document["grant"] = manifest.grant;
    document["item"] = manifest.item;
    document["name"] = manifest.name;
    document["type"] = manifest.type;
    document["size"] = manifest.size;
    document["sha256"] = manifest.sha256.hex();
    document["supersedes"] = manifest.supersedes ? nlohmann::ordered_json(*manifest.supersedes) : nlohmann::ordered_json(nullptr);
    document["note"] = manifest.note;
    document["sealedAt"] = manifest.sealed_at;
    // A file name need not be UTF-8; JSON must be.
    return document.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

Digest manifest_mac(const Secret<32>& manifest_key, const SealedDigests& digests) {
    std::array<std::uint8_t, 64> message;
    const auto rest = std::copy(digests.manifest.bytes.begin(), digests.manifest.bytes.end(), message.begin());
    std::copy(digests.ciphertext.bytes.begin(), digests.ciphertext.bytes.end(), rest);
    return hmac_sha256(manifest_key.expose(), message);
}

}  // namespace crypto
