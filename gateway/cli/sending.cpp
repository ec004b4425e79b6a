#include "gateway/cli/sending.hpp"

#include "crypto/age/seal.hpp"
#include "crypto/encoding.hpp"
#include "crypto/manifest.hpp"
#include "crypto/receipt.hpp"
#include "gateway/clock.hpp"

#include <nlohmann/json.hpp>

#include <charconv>

namespace gateway::cli {
namespace {

using nlohmann::json;

constexpr int uploads_max = 2;  // of one document in one run: the edge may lose one while the line is down

const std::map<std::string, std::string> tus_headers{{"Tus-Resumable", "1.0.0"}};

std::string path_of(const std::string& upload) {
    return "/api/v1/uploads/" + upload;
}

bool worth_another_try(long status) {
    return status == 408 || status == 409 || status == 423 || status == 429 || status == 500 || (status >= 502 && status <= 504);
}
bool is_gone(long status) {
    return status == 404 || status == 410;
}

UnfinishedFile unfinished_of(const GrantClient& grant, const Sending::Order& order) {
    std::error_code unknown;
    auto path = std::filesystem::canonical(order.file, unknown);
    if (unknown) {
        path = std::filesystem::absolute(order.file);
    }
    const UploadPlace place{grant.credential().edge, grant.credential().fragment.grant, order.item, path.string()};
    return UnfinishedFile(order.unfinished, unfinished_name(place));
}

// A receipt that does not verify is no receipt: the key of the edge's log came out of the envelope, not from the edge. `promised`: what
// its entry must say, member by member.
void check_receipt(const std::string& text, const std::string& edge_log, const json& promised) {
    const auto key = value_or_refuse(crypto::NoteVerifier::parse(edge_log), "the key of the edge's log");
    const auto receipt = value_or_refuse(crypto::parse_receipt(text), "the receipt");
    value_or_refuse(crypto::verify_receipt(receipt, {&key, 1}), "the receipt");
    const auto leaf = json::parse(crypto::as_text(receipt.leaf), nullptr, /*allow_exceptions=*/false);
    for (const auto& [name, value] : promised.items()) {
        if (!leaf.is_object() || !leaf.contains(name) || leaf[name] != value) {
            throw Refusal(Refusal::Type{"receipt"}, "the receipt is for something else than was sent: its " + name + " differs");
        }
    }
}

}  // namespace

Sending::Sending(GrantClient& grant, const Posting& posting, const Order& order, ProgressBoard::Line& line)
    : grant_(grant), posting_(posting), item_(order.item), name_(order.file.filename().string()), line_(line), document_(order.file),
      receipt_(order.file), unfinished_(unfinished_of(grant, order)) {
    grant_.on_wait = [this](const std::string& why) { line_.waits(why); };
}

Sending::~Sending() {
    grant_.on_wait = [](const std::string&) {};
}

Sent Sending::run() {
    for (int number = 0; number < uploads_max; ++number) {
        std::optional<UnfinishedUpload> upload = go_on();
        if (!upload) {
            upload = begin();
        }
        try {
            if (transfer(upload->upload) == Transfer::complete) {
                document_.expect_unchanged();
                const std::string receipt = seal(*upload);
                const auto path = receipt_.write(receipt);
                unfinished_.remove();
                return {upload->upload, path, upload->plain, document_.identity().size};
            }
        } catch (const Refusal& refusal) {
            if (refusal.type() == "changed") {
                abandon(upload->upload);
            }
            throw;
        }
        unfinished_.remove();
    }
    throw Refusal(Refusal::Type{"lost"}, "the server no longer has what was sent; send it again");
}

EncryptedDocument::Watch Sending::watch_reading() {
    line_.begin(FileProgress::Phase::reading, document_.identity().size);
    return [this](std::uint64_t bytes) { line_.moved(bytes); };
}

// What an earlier run left, when it still fits.
std::optional<UnfinishedUpload> Sending::go_on() {
    const auto text = unfinished_.read();
    if (!text) {
        return std::nullopt;
    }
    auto upload = parse_unfinished(*text);
    if (!upload) {
        unfinished_.remove();
        return std::nullopt;
    }
    const bool fits = upload->file == document_.identity() && upload->recipient == posting_.recipient;
    const auto offset = fits ? ask_offset(upload->upload) : std::nullopt;
    if (!offset || document_.read_through(watch_reading()) != upload->plain) {
        abandon(upload->upload);
        return std::nullopt;
    }
    document_.take_key(upload->start);
    offset_ = *offset;
    return upload;
}

UnfinishedUpload Sending::begin() {
    const auto recipient = value_or_refuse(crypto::age::X25519Recipient::parse(posting_.recipient), "the recipient");
    const crypto::age::Recipient* const recipients[] = {&recipient};
    crypto::SystemRandom random;
    UnfinishedUpload upload{
        .upload = {},
        .recipient = posting_.recipient,
        .file = document_.identity(),
        .plain = {},
        .sealed = {},
        .start = value_or_refuse(crypto::age::start_file(recipients, random), "encrypt"),
        .seal = {},
    };
    document_.take_key(upload.start);
    for (const auto& item : posting_.items) {
        if (item.code == item_ && item.file_bytes_max != 0 && document_.size() > item.file_bytes_max) {
            throw Refusal(
                Refusal::Type{"too-large"},
                "it is too large: at most " + bytes_in_words(item.file_bytes_max) + " may come; nothing was sent"
            );
        }
    }
    const auto digests = document_.read_through(upload.start, watch_reading());
    upload.plain = digests.plain;
    upload.sealed = digests.sealed;
    upload.seal = seal_body(upload);
    upload.upload = create();
    std::string text = format_unfinished(upload);
    unfinished_.write(text);
    crypto::wipe({reinterpret_cast<std::uint8_t*>(text.data()), text.size()});
    offset_ = 0;
    return upload;
}

// Made before anything is sent, and said as often as it takes: the edge takes a second seal only when it is the first one again.
std::string Sending::seal_body(const UnfinishedUpload& upload) const {
    const crypto::Manifest manifest{
        .grant = grant_.credential().fragment.grant,
        .item = item_,
        .name = name_,
        .type = {},
        .size = upload.file.size,
        .sha256 = upload.plain,
        .supersedes = std::nullopt,
        .note = {},
        .sealed_at = SystemClock().now().text(),
    };
    const std::string plain = crypto::format_manifest(manifest);
    const auto recipient = value_or_refuse(crypto::age::X25519Recipient::parse(posting_.recipient), "the recipient");
    const crypto::age::Recipient* const recipients[] = {&recipient};
    crypto::SystemRandom random;
    const auto sealed = value_or_refuse(crypto::age::encrypt(recipients, crypto::as_bytes(plain), random), "encrypt the manifest");
    const auto mac = crypto::manifest_mac(grant_.keys().manifest, {crypto::sha256(crypto::as_bytes(plain)), upload.sealed});
    return json{{"manifest", crypto::to_base64(sealed)}, {"mac", mac.hex()}, {"sha256", upload.sealed.hex()}}.dump();
}

std::string Sending::create() {
    client::Call call{.method = "POST", .path = "/api/v1/uploads", .headers = tus_headers};
    call.headers["Upload-Length"] = std::to_string(document_.size());
    call.headers["Upload-Metadata"] = "item " + crypto::to_base64(crypto::as_bytes(item_));
    const auto answer = grant_.call(call);
    const auto location = answer.headers.find("location");
    if (answer.status != 201 || location == answer.headers.end()) {
        throw refusal_of(answer);
    }
    grant_.went_forward();
    return location->second.substr(location->second.rfind('/') + 1);
}

Sending::Transfer Sending::transfer(const std::string& upload) {
    const std::uint64_t total = document_.size();
    line_.begin(FileProgress::Phase::sending, total);
    line_.at(offset_);
    while (offset_ < total) {
        const auto answer = append(upload);
        if (answer.has_value() && answer->status == 204) {
            grant_.went_forward();
            break;
        }
        if (answer.has_value() && is_gone(answer->status)) {
            return Transfer::lost;
        }
        if (answer.has_value() && !worth_another_try(answer->status)) {
            refuse(upload, *answer);
        }
        grant_.wait(answer);  // the line broke or the server is busy: ask how far it got, and go on from there
        const auto durable = ask_offset(upload);
        if (!durable) {
            return Transfer::lost;
        }
        if (*durable > offset_) {
            grant_.went_forward();
        }
        offset_ = *durable;
        line_.at(offset_);
    }
    return Transfer::complete;
}

crypto::Result<client::Answer> Sending::append(const std::string& upload) {
    std::uint64_t at = offset_;
    std::exception_ptr failure;  // of ours; it cannot pass through libcurl
    client::Call call{.method = "PATCH", .path = path_of(upload), .headers = tus_headers};
    call.headers["Upload-Offset"] = std::to_string(offset_);
    call.headers["Content-Type"] = "application/offset+octet-stream";
    call.body_size = document_.size() - offset_;
    call.body_source = [&](std::span<std::uint8_t> buffer) {
        try {
            const auto count = document_.read_at(at, buffer);
            at += count;
            line_.moved(count);
            return count;
        } catch (...) {
            failure = std::current_exception();
            throw;
        }
    };
    auto answer = grant_.call_once(call);
    if (failure) {
        std::rethrow_exception(failure);
    }
    return answer;
}

// Nothing when the edge no longer has it.
std::optional<std::uint64_t> Sending::ask_offset(const std::string& upload) {
    for (;;) {
        const auto answer = grant_.call({.method = "HEAD", .path = path_of(upload), .headers = tus_headers});
        if (is_gone(answer.status)) {
            return std::nullopt;
        }
        const auto known = answer.headers.find("upload-offset");
        if (answer.status == 200 && known != answer.headers.end()) {
            const auto& text = known->second;
            std::uint64_t offset = 0;
            const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), offset);
            return error == std::errc() ? std::optional(offset) : std::nullopt;
        }
        if (!worth_another_try(answer.status)) {
            refuse(upload, answer);
        }
        grant_.wait(answer);
    }
}

std::string Sending::seal(const UnfinishedUpload& upload) {
    line_.begin(FileProgress::Phase::sealing, document_.size());
    client::Call call{.method = "POST", .path = path_of(upload.upload) + "/seal", .headers = {{"Content-Type", "application/json"}}};
    call.body = upload.seal;
    auto answer = grant_.call(call);
    // A large file takes the edge a while to read: it may still be at the seal that we said before.
    while (answer.status == 409 && refusal_of(answer).type() == "conflict") {
        grant_.wait(answer);
        answer = grant_.call(call);
    }
    if (answer.status != 201 && answer.status != 200) {
        refuse(upload.upload, answer);
    }
    const auto body = json::parse(upload.seal);
    const auto manifest = value_or_refuse(crypto::from_base64(body.at("manifest").get<std::string>()), "the manifest");
    const json promised = {
        {"act", "upload.sealed"},
        {"upload", upload.upload},
        {"grant", grant_.credential().fragment.grant},
        {"item", item_},
        {"size", document_.size()},
        {"sha256", upload.sealed.hex()},
        {"manifest", crypto::sha256(manifest).hex()},
        {"mac", body.at("mac")},
    };
    const auto said = json::parse(answer.body, nullptr, /*allow_exceptions=*/false);
    const std::string receipt = said.is_object() ? said.value("receipt", "") : "";
    check_receipt(receipt, posting_.edge_log, promised);
    return receipt;
}

void Sending::refuse(const std::string& upload, const client::Answer& answer) {
    abandon(upload);
    throw refusal_of(answer);
}

// Nobody goes on with it: its place is for the next try. Once, and without waiting for it to work: the edge gives it up in a day anyway.
void Sending::abandon(const std::string& upload) {
    static_cast<void>(grant_.call_once({.method = "DELETE", .path = path_of(upload), .headers = tus_headers}));
    unfinished_.remove();
}

}  // namespace gateway::cli
