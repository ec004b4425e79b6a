#include "gateway/cli/grant_client.hpp"

#include "crypto/age/seal.hpp"
#include "crypto/encoding.hpp"
#include "crypto/open/envelope.hpp"
#include "crypto/receipt.hpp"
#include "gateway/cli/staged_file.hpp"
#include "gateway/clock.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <sstream>
#include <thread>

namespace gateway::cli {
namespace {

using nlohmann::json;

constexpr int attempts_max = 12;  // in a row without a byte of progress; with the pauses below about a minute
constexpr std::chrono::milliseconds first_pause{250};
constexpr std::chrono::milliseconds longest_pause{8000};
constexpr std::size_t read_size = 256 * 1024;

json parse_json(std::string_view text, const std::string& what) {
    auto value = json::parse(text, nullptr, /*allow_exceptions=*/false);
    if (value.is_discarded()) {
        throw Refusal(what + " is not JSON");
    }
    return value;
}

std::string read_text(const std::filesystem::path& file) {
    std::ifstream stream(file, std::ios::binary);
    if (!stream) {
        throw Refusal(file.string() + ": cannot be read");
    }
    std::ostringstream text;
    text << stream.rdbuf();
    return text.str();
}

}  // namespace

std::string refusal_of(const client::Answer& answer) {
    const auto problem = json::parse(answer.body, nullptr, false);
    std::string sentence = "the server answered " + std::to_string(answer.status);
    if (problem.is_object() && problem.contains("title") && problem["title"].is_string()) {
        sentence += ": " + problem["title"].get<std::string>();
    }
    const auto end = sentence.find_first_of("\r\n");
    return sentence.substr(0, std::min<std::size_t>(end, 300));
}

namespace {

bool passes(long status) {  // the server's trouble, which may be over soon; a full disk (507) is not
    return status == 408 || status == 429 || status == 500 || (status >= 502 && status <= 504);
}
bool worth_another_try(long status) {
    return passes(status) || status == 409 || status == 423;
}

class Pauses {
public:
    void wait(const crypto::Result<client::Answer>& answer) {
        if (++attempts_ > attempts_max) {
            const auto why = answer.has_value() ? refusal_of(*answer) : "the server cannot be reached";
            throw Refusal(why + "; nothing was lost, send the file again later");
        }
        std::this_thread::sleep_for(pause_);
        pause_ = std::min(pause_ * 2, longest_pause);
    }
    void progress() {
        attempts_ = 0;
        pause_ = first_pause;
    }

private:
    int attempts_ = 0;
    std::chrono::milliseconds pause_ = first_pause;
};

// A receipt that does not verify is no receipt: the key of the edge's log came out of the envelope, not from the edge. `promised`: what
// its entry must say, member by member.
void check_receipt(const std::string& text, const std::string& edge_log, const json& promised) {
    const auto key = value_or_refuse(crypto::NoteVerifier::parse(edge_log), "the key of the edge's log");
    const auto receipt = value_or_refuse(crypto::parse_receipt(text), "the receipt");
    value_or_refuse(crypto::verify_receipt(receipt, {&key, 1}), "the receipt");
    const auto leaf = parse_json(crypto::as_text(receipt.leaf), "the receipt's entry");
    for (const auto& [name, value] : promised.items()) {
        if (!leaf.is_object() || !leaf.contains(name) || leaf[name] != value) {
            throw Refusal("the receipt is for something else than was sent: its " + name + " differs");
        }
    }
}

std::string title_of(const json& texts) {
    return texts.is_object() ? texts.value("nl", texts.empty() ? std::string() : texts.begin()->get<std::string>()) : std::string();
}

}  // namespace

struct GrantClient::Staged {
    StagedFile ciphertext;
    std::uint64_t plain_size = 0;
    crypto::Digest plain;
    crypto::Digest sealed;
};

Credential read_credential(const std::string& link_or_file, const std::filesystem::path& ca) {
    std::string link = link_or_file;
    std::filesystem::path authority = ca;
    if (!link.starts_with("https://")) {
        const auto file = parse_json(read_text(link_or_file), link_or_file);
        if (!file.is_object() || !file.contains("link") || !file["link"].is_string()) {
            throw Refusal(link_or_file + " is not a credential: it has no \"link\"");
        }
        link = file["link"].get<std::string>();
        if (authority.empty() && file.contains("ca")) {
            authority = std::filesystem::path(link_or_file).parent_path() / file["ca"].get<std::string>();
        }
    }
    const auto hash = link.find('#');
    const auto path = link.find('/', std::string_view("https://").size());
    if (hash == std::string::npos || path == std::string::npos || !link.starts_with("https://")) {
        throw Refusal("this is not an upload link: it should look like https://…/u#…");
    }
    auto fragment = crypto::parse_link_fragment(std::string_view(link).substr(hash + 1));
    if (fragment.has_error()) {
        throw Refusal("this link is not complete; copy it whole from the mail");
    }
    return {link.substr(0, path), std::move(*fragment), authority};
}

GrantClient::GrantClient(Credential credential)
    : credential_(std::move(credential)), keys_(crypto::derive_link_keys(credential_.fragment.secret, credential_.fragment.grant)),
      token_(crypto::to_base64url(keys_.access.expose())),
      https_(client::ClientOptions{.base = credential_.edge, .ca = credential_.ca, .certificate = {}, .key = {}, .connect_to = {}}) {}

crypto::Result<client::Answer> GrantClient::call_once(client::Call call) {
    call.headers["Authorization"] = "Bearer " + token_;
    call.headers["Accept-Language"] = "en";
    return https_.call(call);
}

client::Answer GrantClient::call(client::Call call) {
    Pauses pauses;
    for (;;) {
        auto answer = call_once(call);
        if (answer.has_value() && !passes(answer->status)) {
            return std::move(*answer);
        }
        if (answer.has_error() && answer.error() == make_error_code(client::Errc::tls)) {
            throw Refusal("the server's certificate is not one we trust; name its authority with --ca, or in the credential");
        }
        pauses.wait(answer);
    }
}

Posting GrantClient::posting() {
    const auto answer = call({.method = "GET", .path = "/api/v1/posting"});
    if (answer.status != 200) {
        throw Refusal(refusal_of(answer));
    }
    const auto posting = parse_json(answer.body, "the posting");
    const auto sealed = value_or_refuse(crypto::from_base64(posting.value("envelope", "")), "the envelope");
    const std::uint64_t version = posting.value("version", std::uint64_t{0});
    const auto opened = crypto::open::open_envelope(keys_.envelope, {credential_.fragment.grant, version}, sealed);
    if (opened.has_error()) {
        throw Refusal("the server's envelope is not genuine: nothing was sent");
    }
    const auto envelope = parse_json(crypto::as_text(*opened), "the envelope");
    if (envelope.value("grant", "") != credential_.fragment.grant) {
        throw Refusal("the server's envelope is for another request: nothing was sent");
    }
    Posting found{
        .state = posting.value("state", ""),
        .version = version,
        .case_number = envelope.value("caseNumber", ""),
        .recipient = envelope.value("recipient", ""),
        .edge_log = envelope.at("logs").value("edge", ""),
        .core_log = envelope.at("logs").value("core", ""),
        .items = {},
        .json = answer.body,
    };
    for (const auto& item : envelope.at("items")) {
        found.items.push_back({item.value("code", ""), title_of(item.value("title", json::object()))});
    }
    return found;
}

GrantClient::Staged GrantClient::stage(const Posting& posting, const Document& document) const {
    const auto recipient = value_or_refuse(crypto::age::X25519Recipient::parse(posting.recipient), "the recipient");
    const crypto::age::Recipient* const recipients[] = {&recipient};
    std::ifstream plain(document.file, std::ios::binary);
    if (!plain) {
        throw Refusal(document.file.string() + ": cannot be read");
    }

    Staged staged{StagedFile(std::filesystem::temp_directory_path()), 0, {}, {}};
    crypto::Sha256 plain_hash;
    crypto::Sha256 sealed_hash;
    crypto::SystemRandom random;
    const auto keep = [&](crypto::ByteView bytes) -> crypto::Result<void> {
        sealed_hash.update(bytes);
        staged.ciphertext.append(bytes);
        return {};
    };
    auto encryptor = value_or_refuse(crypto::age::Encryptor::start(recipients, random, keep), "encrypt");
    std::vector<char> buffer(read_size);
    while (plain.read(buffer.data(), static_cast<std::streamsize>(buffer.size())) || plain.gcount() > 0) {
        const auto bytes = crypto::as_bytes({buffer.data(), static_cast<std::size_t>(plain.gcount())});
        plain_hash.update(bytes);
        staged.plain_size += bytes.size();
        value_or_refuse(encryptor.update(bytes), "encrypt");
    }
    if (plain.bad()) {
        throw Refusal(document.file.string() + ": cannot be read to its end");
    }
    value_or_refuse(encryptor.finish(), "encrypt");
    staged.plain = plain_hash.finish();
    staged.sealed = sealed_hash.finish();
    return staged;
}

std::string GrantClient::create(const Staged& staged, const std::string& item) {
    const auto answer = call({
        .method = "POST",
        .path = "/api/v1/uploads",
        .headers =
            {
                {"Tus-Resumable", "1.0.0"},
                {"Upload-Length", std::to_string(staged.ciphertext.size())},
                {"Upload-Metadata", "item " + crypto::to_base64(crypto::as_bytes(item))},
            },
    });
    const auto location = answer.headers.find("location");
    if (answer.status != 201 || location == answer.headers.end()) {
        throw Refusal(refusal_of(answer));
    }
    return location->second.substr(location->second.rfind('/') + 1);
}

void GrantClient::transfer(const Staged& staged, const std::string& upload, const Progress& progress) {
    const std::string path = "/api/v1/uploads/" + upload;
    const std::uint64_t total = staged.ciphertext.size();
    std::uint64_t offset = 0;
    Pauses pauses;
    while (offset < total) {
        std::uint64_t at = offset;
        client::Call patch{
            .method = "PATCH",
            .path = path,
            .headers =
                {
                    {"Authorization", "Bearer " + token_},
                    {"Tus-Resumable", "1.0.0"},
                    {"Upload-Offset", std::to_string(offset)},
                    {"Content-Type", "application/offset+octet-stream"},
                },
        };
        patch.body_size = total - offset;
        patch.body_source = [&](std::span<std::uint8_t> buffer) {
            const auto count = staged.ciphertext.read_at(at, buffer.first(std::min<std::uint64_t>(buffer.size(), total - at)));
            at += count;
            progress(at, total);
            return count;
        };
        const auto answer = https_.call(patch);
        if (answer.has_value() && answer->status == 204) {
            offset = total;
            break;
        }
        if (answer.has_value() && !worth_another_try(answer->status)) {
            throw Refusal(refusal_of(*answer));
        }
        pauses.wait(answer);  // the line broke or the server is busy: ask how far it got, and go on from there
        const auto head = call({.method = "HEAD", .path = path, .headers = {{"Tus-Resumable", "1.0.0"}}});
        const auto known = head.headers.find("upload-offset");
        if (head.status != 200 || known == head.headers.end()) {
            throw Refusal("the server no longer has this upload (" + std::to_string(head.status) + "); send the file again");
        }
        const std::uint64_t durable = std::stoull(known->second);
        if (durable > offset) {
            pauses.progress();
        }
        offset = durable;
    }
}

Sent GrantClient::seal(const Posting& posting, const Document& document, const Staged& staged, const std::string& upload) {
    const crypto::Manifest manifest{
        .grant = credential_.fragment.grant,
        .item = document.item,
        .name = document.file.filename().string(),
        .type = {},
        .size = staged.plain_size,
        .sha256 = staged.plain,
        .supersedes = std::nullopt,
        .note = {},
        .sealed_at = SystemClock().now().text(),
    };
    const std::string plain = crypto::format_manifest(manifest);
    const auto recipient = value_or_refuse(crypto::age::X25519Recipient::parse(posting.recipient), "the recipient");
    const crypto::age::Recipient* const recipients[] = {&recipient};
    crypto::SystemRandom random;
    const auto sealed = value_or_refuse(crypto::age::encrypt(recipients, crypto::as_bytes(plain), random), "encrypt the manifest");
    const auto mac = crypto::manifest_mac(keys_.manifest, {crypto::sha256(crypto::as_bytes(plain)), staged.sealed});
    const json body = {{"manifest", crypto::to_base64(sealed)}, {"mac", mac.hex()}, {"sha256", staged.sealed.hex()}};

    const auto answer = call({
        .method = "POST",
        .path = "/api/v1/uploads/" + upload + "/seal",
        .headers = {{"Content-Type", "application/json"}},
        .body = body.dump(),
    });
    if (answer.status != 201 && answer.status != 200) {
        throw Refusal(refusal_of(answer));
    }
    Sent sent{upload, parse_json(answer.body, "the answer").value("receipt", "")};
    const json promised = {
        {"act", "upload.sealed"},
        {"upload", upload},
        {"grant", credential_.fragment.grant},
        {"item", document.item},
        {"size", staged.ciphertext.size()},
        {"sha256", staged.sealed.hex()},
        {"manifest", crypto::sha256(sealed).hex()},
        {"mac", mac.hex()},
    };
    check_receipt(sent.receipt, posting.edge_log, promised);
    return sent;
}

Sent GrantClient::send(const Posting& posting, const Document& document, const Progress& progress) {
    const Staged staged = stage(posting, document);
    const std::string upload = create(staged, document.item);
    try {
        transfer(staged, upload, progress);
    } catch (...) {
        // Nobody goes on with it: its place is for the next try. Once, and without waiting for it to work.
        static_cast<void>(https_.call(
            {.method = "DELETE",
             .path = "/api/v1/uploads/" + upload,
             .headers = {{"Authorization", "Bearer " + token_}, {"Tus-Resumable", "1.0.0"}}}
        ));
        throw;
    }
    return seal(posting, document, staged, upload);
}

std::optional<std::string> GrantClient::outcome(const std::string& upload) {
    const auto found = parse_json(posting().json, "the posting");
    for (const auto& entry : found.at("uploads")) {
        if (entry.value("id", "") != upload || !entry.contains("outcome") || entry["outcome"].is_null()) {
            continue;
        }
        const auto sealed = value_or_refuse(crypto::from_base64(entry["outcome"].value("sealed", "")), "the outcome");
        const std::uint64_t version = entry["outcome"].value("version", std::uint64_t{0});
        const auto opened = crypto::open::open_envelope(keys_.envelope, {credential_.fragment.grant, version}, sealed);
        const auto text = std::string(crypto::as_text(value_or_refuse(opened, "the outcome")));
        if (parse_json(text, "the outcome").value("upload", "") != upload) {
            throw Refusal("the outcome is for another upload");
        }
        return text;
    }
    return std::nullopt;
}

}  // namespace gateway::cli
