// sluis receive: what the holder of a link or credential was given to read. The sealed description says what a file is and which hashes it
// has; the edge, which hands out the file, could read or write neither.
#include "crypto/encoding.hpp"
#include "crypto/open/envelope.hpp"
#include "crypto/open/open.hpp"
#include "gateway/cli/command.hpp"
#include "gateway/cli/flags.hpp"
#include "gateway/cli/grant_client.hpp"
#include "gateway/cli/release_files.hpp"
#include "policies/ids.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>
#include <iostream>
#include <thread>

namespace gateway::cli {
namespace {

using nlohmann::json;

constexpr const char* usage = "usage: sluis receive --credential FILE|LINK [--into FOLDER] [--ca PEM] [--json]\n"
                              "\n"
                              "Fetches the documents that were released to you, checks and decrypts them on this machine, and puts each\n"
                              "under its own name into FOLDER (without it: here). A file that is there is never overwritten. Broken off,\n"
                              "the next run goes on where this one stopped.\n";

constexpr std::uint64_t description_version = 1;
constexpr int attempts_max = 12;  // in a row without a byte of progress; with the pauses below about a minute
constexpr std::chrono::milliseconds first_pause{250};
constexpr std::chrono::milliseconds longest_pause{8000};

struct Release {
    std::string id;
    std::uint64_t size = 0;  // of the age file
    crypto::Digest sha256;   // of the age file
    Clear document;
};

const json& member(const json& object, const char* name) {
    static const json nothing;
    return object.is_object() && object.contains(name) ? object.at(name) : nothing;
}

std::string text_in(const json& object, const char* name) {
    const auto& value = member(object, name);
    return value.is_string() ? value.get<std::string>() : std::string();
}

std::optional<std::uint64_t> count_in(const json& object, const char* name) {
    const auto& value = member(object, name);
    return value.is_number_unsigned() ? std::optional(value.get<std::uint64_t>()) : std::nullopt;
}

// Only what core sealed counts: the edge's own words about size and hash are not even looked at.
Release open_description(const GrantClient& grant, const json& listed) {
    const auto id = text_in(listed, "id");
    if (!policies::ReleaseId::parse(id)) {
        throw Refusal("the server's list of releases is not readable");
    }
    const auto sealed = crypto::from_base64(text_in(listed, "description"));
    const crypto::EnvelopeContext context{grant.credential().fragment.grant, description_version};
    const auto opened = sealed.has_value() ? crypto::open::open_envelope(grant.keys().envelope, context, *sealed)
                                           : crypto::Result<crypto::Bytes>(sealed.error());
    if (opened.has_error()) {
        throw Refusal("release " + id + ": its description is not genuine; nothing was fetched");
    }
    const auto text = json::parse(*opened, nullptr, false);
    const auto& file = member(text, "file");
    const auto size = count_in(file, "size");
    const auto sha256 = crypto::Digest::from_hex(text_in(file, "sha256"));
    const auto plain_size = count_in(text, "size");
    const auto plain_sha256 = crypto::Digest::from_hex(text_in(text, "sha256"));
    if (text_in(text, "release") != id || !size || !sha256 || !plain_size || !plain_sha256) {
        throw Refusal("release " + id + ": its description is for something else; nothing was fetched");
    }
    return {id, *size, *sha256, {text_in(text, "name"), *plain_size, *plain_sha256}};
}

std::vector<Release> list_releases(GrantClient& grant) {
    const auto answer = grant.call({.method = "GET", .path = "/api/v1/releases"});
    if (answer.status != 200) {
        throw Refusal(refusal_of(answer));
    }
    const auto text = json::parse(answer.body, nullptr, false);
    const auto& listed = member(text, "releases");
    if (!listed.is_array()) {
        throw Refusal("the server's list of releases is not readable");
    }
    std::vector<Release> releases;
    for (const auto& one : listed) {
        releases.push_back(open_description(grant, one));
    }
    std::ranges::reverse(releases);  // oldest first
    return releases;
}

bool passes(long status) {  // the server's trouble, which may be over soon
    return status == 408 || status == 429 || status >= 500;
}

// One request for what is still missing; throws when another would be no use.
void fetch_some(GrantClient& grant, const Release& release, PartFile& part, std::string& trouble) {
    const auto before = part.size();
    bool full = false;
    client::Call call{.method = "GET", .path = "/api/v1/releases/" + release.id};
    call.sink = [&](crypto::ByteView bytes) {
        const bool fits = bytes.size() <= release.size - std::min(part.size(), release.size);
        full = fits && !part.append(bytes);
        return fits && !full;
    };
    if (before > 0) {
        call.headers = {{"Range", "bytes=" + std::to_string(before) + "-"}, {"If-Range", '"' + release.sha256.hex() + '"'}};
    }
    const auto answer = grant.call_once(std::move(call));
    if (full) {
        throw Refusal("the disk takes no more; make room and run this again");
    }
    if (answer.has_error()) {
        trouble = "the connection broke";
        if (answer.error() == make_error_code(client::Errc::tls)) {
            throw Refusal("the server's certificate is not one we trust; name its authority with --ca, or in the credential");
        }
        // A whole file where a part was asked for is more than fits behind what is there.
        if (answer.error() == make_error_code(client::Errc::aborted)) {
            part.start_again();
        }
        return;
    }
    const bool whole_behind_part = answer->status == 200 && before > 0;
    if (whole_behind_part || answer->status == 416) {
        part.start_again();
        return;
    }
    if (answer->status != 200 && answer->status != 206 && !passes(answer->status)) {
        throw Refusal(refusal_of(*answer));
    }
    trouble = refusal_of(*answer).what();
}

void fetch(GrantClient& grant, const Release& release, PartFile& part) {
    if (part.size() > release.size) {
        part.start_again();
    }
    std::string trouble;
    int attempts = 0;
    auto pause = first_pause;
    while (part.size() < release.size) {
        const auto before = part.size();
        fetch_some(grant, release, part, trouble);
        if (part.size() > before) {
            attempts = 0;
            pause = first_pause;
            continue;
        }
        if (++attempts > attempts_max) {
            throw Refusal(trouble + "; what has arrived is kept, run this again later");
        }
        std::this_thread::sleep_for(pause);
        pause = std::min(pause * 2, longest_pause);
    }
    if (part.digest() != release.sha256) {
        part.remove();
        throw Refusal("release " + release.id + ": this is not the file that was released to you; it was not kept");
    }
}

Placed receive(GrantClient& grant, const Release& release, const std::filesystem::path& folder) {
    PartFile part(folder / (release.id + ".part"));
    fetch(grant, release, part);
    const crypto::open::X25519Identity reader(crypto::Secret<32>::copy_of(grant.keys().reader.expose()));
    const auto decrypt = [&](const std::function<void(crypto::ByteView)>& sink) {
        crypto::open::Decryptor decryptor({&reader}, [&sink](crypto::ByteView plain) -> crypto::Result<void> {
            sink(plain);
            return {};
        });
        part.each_piece([&decryptor](crypto::ByteView sealed) { value_or_refuse(decryptor.update(sealed), "decrypt"); });
        value_or_refuse(decryptor.finish(), "decrypt");
    };
    auto placed = put_clear(folder, release.document, decrypt);
    part.remove();
    return placed;
}

}  // namespace

int run_receive(std::span<const std::string_view> arguments) {
    const Flags flags(arguments, {.with_value = {"--credential", "--into", "--ca"}, .switches = {"--json", "--help"}});
    if (flags.has("--help")) {
        std::cout << usage;
        return 0;
    }
    if (!flags.rest().empty()) {
        throw wrong_usage("say --into FOLDER for where the documents go");
    }
    const std::filesystem::path folder = flags.value("--into", ".");
    std::error_code fault;
    std::filesystem::create_directories(folder, fault);
    if (!std::filesystem::is_directory(folder, fault)) {
        throw Refusal(folder.string() + " is not a folder");
    }
    GrantClient grant(read_credential(flags.required("--credential"), flags.value("--ca")));
    const auto releases = list_releases(grant);
    for (const auto& release : releases) {
        const auto placed = receive(grant, release, folder);
        if (flags.has("--json")) {
            const json line = {
                {"release", release.id},
                {"file", placed.file.string()},
                {"size", release.document.size},
                {"sha256", release.document.sha256.hex()},
                {"wasThere", placed.was_there}
            };
            std::cout << line.dump(-1, ' ', false, json::error_handler_t::replace) << std::endl;
        } else {
            std::cout << placed.file.string() << (placed.was_there ? "  (was there already)" : "") << std::endl;
        }
    }
    if (releases.empty() && !flags.has("--json")) {
        std::cout << "nothing was released to you" << std::endl;
    }
    return 0;
}

}  // namespace gateway::cli
