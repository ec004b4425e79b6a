// One document's way out of this machine: read through, encrypt, upload, seal, receipt. Goes on with what an earlier run left, as long as
// document, recipient and the edge's upload are still the same; otherwise that upload is deleted and this is a new one. One thread.
// Throws Refusal: what the edge said, "changed", or what EncryptedDocument, UnfinishedFile, ReceiptFile and GrantClient throw. What stopped
// for the line's sake can be gone on with; what was refused is deleted at the edge.
#pragma once

#include "gateway/cli/encrypted_document.hpp"
#include "gateway/cli/grant_client.hpp"
#include "gateway/cli/progress_board.hpp"
#include "gateway/cli/receipt_file.hpp"
#include "gateway/cli/unfinished_file.hpp"

namespace gateway::cli {

struct Sent {
    std::string upload;
    std::filesystem::path receipt;
    crypto::Digest sha256;  // of the document
    std::uint64_t bytes = 0;
};

class Sending {
public:
    struct Order {
        std::filesystem::path file;
        std::string item;
        std::filesystem::path unfinished;  // folder
    };
    Sending(GrantClient& grant, const Posting& posting, const Order& order, ProgressBoard::Line& line);
    ~Sending();
    Sending(const Sending&) = delete;
    Sending& operator=(const Sending&) = delete;

    Sent run();  // once

private:
    enum class Transfer { complete, lost };

    std::optional<UnfinishedUpload> go_on();
    UnfinishedUpload begin();
    std::string create();
    std::string seal_body(const UnfinishedUpload& upload) const;
    Transfer transfer(const std::string& upload);
    crypto::Result<client::Answer> append(const std::string& upload);
    std::optional<std::uint64_t> ask_offset(const std::string& upload);
    std::string seal(const UnfinishedUpload& upload);
    EncryptedDocument::Watch watch_reading();
    [[noreturn]] void refuse(const std::string& upload, const client::Answer& answer);
    void abandon(const std::string& upload);

    GrantClient& grant_;
    const Posting& posting_;
    std::string item_;
    std::string name_;
    ProgressBoard::Line& line_;
    EncryptedDocument document_;
    ReceiptFile receipt_;
    UnfinishedFile unfinished_;
    std::uint64_t offset_ = 0;  // where the edge was when it was asked last
};

}  // namespace gateway::cli
