#include "gateway/cli/grant_client.hpp"

#include "crypto/encoding.hpp"
#include "crypto/open/envelope.hpp"
#include "gateway/cli/progress.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <sstream>
#include <thread>

namespace gateway::cli {
namespace {

using nlohmann::json;

constexpr std::size_t sentence_max = 300;  // of what the edge says

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

bool passes(long status) {  // the server's trouble, which may be over soon; a full disk (507) is not
    return status == 408 || status == 429 || status == 500 || (status >= 502 && status <= 504);
}

// RFC 9110, 10.2.3: seconds. A date is not worth a clock that may be wrong.
std::optional<std::chrono::seconds> retry_after(const crypto::Result<client::Answer>& answer) {
    constexpr std::uint32_t day = 24 * 3600;
    if (answer.has_error() || !answer->headers.contains("retry-after")) {
        return std::nullopt;
    }
    const auto& text = answer->headers.at("retry-after");
    std::uint32_t seconds = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
    if (error != std::errc() || end != text.data() + text.size()) {
        return std::nullopt;
    }
    return std::chrono::seconds(std::min(seconds, day));
}

client::HttpsClient connection_of(const Credential& credential) {
    return client::HttpsClient({.base = credential.edge, .ca = credential.ca, .certificate = {}, .key = {}, .connect_to = {}});
}

std::uint64_t file_bytes_max(const json& posting, const std::string& code) {
    for (const auto& item : posting.value("items", json::array())) {
        if (item.value("code", "") == code) {
            return item.value("fileBytesMax", std::uint64_t{0});
        }
    }
    return 0;
}

std::string title_of(const json& texts) {
    return texts.is_object() ? texts.value("nl", texts.empty() ? std::string() : texts.begin()->get<std::string>()) : std::string();
}

}  // namespace

Credential read_credential(const std::string& link_or_file, const std::filesystem::path& ca) {
    std::string link = link_or_file;
    std::filesystem::path authority = ca;
    if (!link.starts_with("https://")) {
        const auto file = parse_json(read_text(link_or_file), link_or_file);
        if (!file.is_object() || !file.contains("link") || !file["link"].is_string()) {
            throw Refusal(link_or_file + " is not a credential: it has no \"link\"");
        }
        if (file.contains("v") && file["v"] != 1) {
            throw Refusal(link_or_file + " was written for a newer sluis than this one");
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

Refusal refusal_of(const client::Answer& answer) {
    const auto problem = json::parse(answer.body, nullptr, false);
    const auto text = [&problem](const char* name) {
        const bool there = problem.is_object() && problem.contains(name) && problem[name].is_string();
        return there ? printable(problem[name].get<std::string>()) : std::string();
    };
    std::string sentence = "the server answered " + std::to_string(answer.status);
    if (!text("title").empty()) {
        sentence += ": " + text("title");
    }
    const std::string urn = text("type");
    const auto colon = urn.rfind(':');
    const std::string type = colon == std::string::npos ? "" : urn.substr(colon + 1);
    return {Refusal::Type{type.empty() ? "refused" : type}, shortened(sentence, {sentence_max})};
}

GrantClient::GrantClient(Credential credential, Patience patience)
    : credential_(std::make_shared<const Credential>(std::move(credential))),
      keys_(std::make_shared<const crypto::LinkKeys>(crypto::derive_link_keys(credential_->fragment.secret, credential_->fragment.grant))),
      token_(crypto::to_base64url(keys_->access.expose())), patience_(patience), https_(connection_of(*credential_)) {}

GrantClient::GrantClient(const GrantClient& other, Patience patience)
    : credential_(other.credential_), keys_(other.keys_), token_(other.token_), patience_(patience), trusted_(other.trusted_),
      https_(connection_of(*credential_)) {}

GrantClient GrantClient::another(Patience patience) const {
    return {*this, patience};
}

crypto::Result<client::Answer> GrantClient::call_once(client::Call call) {
    call.headers["Authorization"] = "Bearer " + token_;
    call.headers["Accept-Language"] = "en";
    auto answer = https_.call(call);
    trusted_ = trusted_ || answer.has_value();
    return answer;
}

client::Answer GrantClient::call(const client::Call& call) {
    for (;;) {
        auto answer = call_once(call);
        if (answer.has_value() && !passes(answer->status)) {
            return std::move(*answer);
        }
        wait(answer);
    }
}

// A certificate that was good before is not what went wrong: a line that breaks in the handshake looks the same.
void GrantClient::wait(const crypto::Result<client::Answer>& answer) {
    if (!trusted_ && answer.has_error() && answer.error() == make_error_code(client::Errc::tls)) {
        throw Refusal(
            Refusal::Type{"certificate"}, "the server's certificate is not one we trust; name its authority with --ca, or in the credential"
        );
    }
    const auto pause = patience_.next(std::chrono::steady_clock::now(), retry_after(answer));
    if (!pause) {
        const Refusal why =
            answer.has_value() ? refusal_of(*answer) : Refusal(Refusal::Type{"unreachable"}, "the server cannot be reached");
        throw Refusal(Refusal::Type{why.type()}, std::string(why.what()) + "; nothing is lost: the same command goes on later");
    }
    const auto seconds = std::chrono::ceil<std::chrono::seconds>(*pause);
    on_wait((answer.has_value() ? "the server is busy" : "no connection") + (", again in " + time_in_words(seconds)));
    std::this_thread::sleep_for(*pause);
}

Posting GrantClient::posting() {
    const auto answer = call({.method = "GET", .path = "/api/v1/posting"});
    if (answer.status != 200) {
        throw refusal_of(answer);
    }
    const auto posting = parse_json(answer.body, "the posting");
    const auto sealed = value_or_refuse(crypto::from_base64(posting.value("envelope", "")), "the envelope");
    const std::uint64_t version = posting.value("version", std::uint64_t{0});
    const auto opened = crypto::open::open_envelope(keys_->envelope, {credential_->fragment.grant, version}, sealed);
    if (opened.has_error()) {
        throw Refusal("the server's envelope is not genuine: nothing was sent");
    }
    const auto envelope = parse_json(crypto::as_text(*opened), "the envelope");
    if (envelope.value("grant", "") != credential_->fragment.grant) {
        throw Refusal("the server's envelope is for another request: nothing was sent");
    }
    Posting found{
        .state = posting.value("state", ""),
        .version = version,
        .open_uploads_max = posting.value("limits", json::object()).value("openUploadsMax", std::uint64_t{1}),
        .case_number = envelope.value("caseNumber", ""),
        .recipient = envelope.value("recipient", ""),
        .edge_log = envelope.at("logs").value("edge", ""),
        .core_log = envelope.at("logs").value("core", ""),
        .items = {},
        .json = answer.body,
    };
    for (const auto& item : envelope.at("items")) {
        const auto code = item.value("code", "");
        found.items.push_back({code, title_of(item.value("title", json::object())), file_bytes_max(posting, code)});
    }
    return found;
}

std::optional<std::string> GrantClient::outcome(const std::string& upload) {
    const auto found = parse_json(posting().json, "the posting");
    for (const auto& entry : found.at("uploads")) {
        if (entry.value("id", "") != upload || !entry.contains("outcome") || entry["outcome"].is_null()) {
            continue;
        }
        const auto sealed = value_or_refuse(crypto::from_base64(entry["outcome"].value("sealed", "")), "the outcome");
        const std::uint64_t version = entry["outcome"].value("version", std::uint64_t{0});
        const auto opened = crypto::open::open_envelope(keys_->envelope, {credential_->fragment.grant, version}, sealed);
        const auto text = std::string(crypto::as_text(value_or_refuse(opened, "the outcome")));
        if (parse_json(text, "the outcome").value("upload", "") != upload) {
            throw Refusal("the outcome is for another upload");
        }
        return text;
    }
    return std::nullopt;
}

}  // namespace gateway::cli
