// The uploader's side of a grant, as the portal has it in the browser: from a link to an opened envelope, and every call that follows.
// Believes the edge nothing: the recipient comes out of the envelope, which only core can have sealed. What may pass (a broken line, a
// server that starts again) is waited for, as long as patience lasts. An object belongs to one thread, its connection too; `another`
// makes one for a further thread. Throws Refusal: type "unreachable", or what the edge said.
#pragma once

#include "crypto/link.hpp"
#include "gateway/cli/patience.hpp"
#include "gateway/cli/refusal.hpp"
#include "gateway/client/https.hpp"

#include <filesystem>

namespace gateway::cli {

struct Credential {
    std::string edge;  // "https://host[:port]"
    crypto::LinkFragment fragment;
    std::filesystem::path ca;  // empty: the system's
};

// A link ("https://HOST/u#GRANT.SECRET") or a credential file, as the console gives it: {"v":1,"link":…,"label":…,"expiresAt":…}, to which
// "ca", a path from the file's folder, may be added. `ca` from the command line wins.
Credential read_credential(const std::string& link_or_file, const std::filesystem::path& ca);

struct Item {
    std::string code;
    std::string title;
    std::uint64_t file_bytes_max = 0;  // of ciphertext, the edge's word; 0: it did not say
};

struct Posting {
    std::string state;
    std::uint64_t version = 0;
    std::uint64_t open_uploads_max = 1;  // the edge's word: only ever used to ask for less
    std::string case_number;
    std::string recipient;   // "age1…"
    std::string edge_log;    // verifier key
    std::string core_log;
    std::vector<Item> items;
    std::string json;        // the answer as it came
};

// What the edge says when it refuses: the sentence of the problem, never more than a line of it, and its type.
Refusal refusal_of(const client::Answer& answer);

class GrantClient {
public:
    static constexpr std::chrono::seconds short_patience{60};
    explicit GrantClient(Credential credential, Patience patience = Patience(short_patience));
    GrantClient another(Patience patience) const;

    const Credential& credential() const noexcept { return *credential_; }
    const crypto::LinkKeys& keys() const noexcept { return *keys_; }
    const std::string& access_token() const noexcept { return token_; }

    Posting posting();
    // The opened outcome of an upload (JSON), or nothing while there is none.
    std::optional<std::string> outcome(const std::string& upload);

    client::Answer call(const client::Call& call);  // until there is an answer that will not pass
    crypto::Result<client::Answer> call_once(client::Call call);
    // Before the next try of what went wrong like this.
    void wait(const crypto::Result<client::Answer>& answer);
    void went_forward() noexcept { patience_.progress(); }
    std::function<void(const std::string& why)> on_wait = [](const std::string&) {};

private:
    GrantClient(const GrantClient& other, Patience patience);

    std::shared_ptr<const Credential> credential_;
    std::shared_ptr<const crypto::LinkKeys> keys_;
    std::string token_;
    Patience patience_;
    bool trusted_ = false;  // the edge showed a certificate that we trust
    client::HttpsClient https_;
};

}  // namespace gateway::cli
