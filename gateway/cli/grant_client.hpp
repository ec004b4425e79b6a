// The uploader's side of a grant, as the portal has it in the browser: from a link to an opened envelope, and from a file to a receipt.
// Believes the edge nothing: the recipient comes out of the envelope, which only core can have sealed. Encrypts once into an unnamed
// temporary file of ciphertext and sends that, so a retry never encrypts again. One thread. Throws Refusal.
#pragma once

#include "crypto/link.hpp"
#include "crypto/manifest.hpp"
#include "gateway/cli/refusal.hpp"
#include "gateway/client/https.hpp"

#include <filesystem>

namespace gateway::cli {

struct Credential {
    std::string edge;  // "https://host[:port]"
    crypto::LinkFragment fragment;
    std::filesystem::path ca;  // empty: the system's
};

// A link ("https://HOST/u#GRANT.SECRET") or a credential file: {"link":…,"ca":PATH}. `ca` from the command line wins.
Credential read_credential(const std::string& link_or_file, const std::filesystem::path& ca);

struct Item {
    std::string code;
    std::string title;
};

struct Posting {
    std::string state;
    std::uint64_t version = 0;
    std::string case_number;
    std::string recipient;   // "age1…"
    std::string edge_log;    // verifier key
    std::string core_log;
    std::vector<Item> items;
    std::string json;        // the answer as it came
};

struct Sent {
    std::string upload;
    std::string receipt;  // text of the acceptance receipt
};

// What the edge says when it refuses: the sentence of the problem, never more than a line of it.
std::string refusal_of(const client::Answer& answer);

class GrantClient {
public:
    explicit GrantClient(Credential credential);

    const Credential& credential() const noexcept { return credential_; }
    const std::string& access_token() const noexcept { return token_; }
    Posting posting();

    struct Document {
        std::filesystem::path file;
        std::string item;
    };
    using Progress = std::function<void(std::uint64_t done, std::uint64_t total)>;
    Sent send(const Posting& posting, const Document& document, const Progress& progress);

    // With this grant's token: asked again while the server has trouble; or once, for who keeps count himself.
    client::Answer call(client::Call call);
    crypto::Result<client::Answer> call_once(client::Call call);
    const crypto::LinkKeys& keys() const noexcept { return keys_; }

    // The opened outcome of an upload (JSON), or nothing while there is none.
    std::optional<std::string> outcome(const std::string& upload);

private:
    struct Staged;
    Staged stage(const Posting& posting, const Document& document) const;
    std::string create(const Staged& staged, const std::string& item);
    void transfer(const Staged& staged, const std::string& upload, const Progress& progress);
    Sent seal(const Posting& posting, const Document& document, const Staged& staged, const std::string& upload);

    Credential credential_;
    crypto::LinkKeys keys_;
    std::string token_;
    client::HttpsClient https_;
};

}  // namespace gateway::cli
