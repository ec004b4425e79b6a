// The local case store: what was filed stays encrypted. A document is two blobs named by its id: the payload as the uploader's device
// made it, and a small age header that wraps its file key to the compartment. The header is put last and whole, so a document is in
// the store exactly when its header is; a payload without one is a half-written try and is replaced. Without the header a payload is
// closed for ever, which makes erasing cheap. Synchronous; any thread, one writer a document. Errors: conflict, not_found, full, io.
#pragma once

#include "policies/ids.hpp"
#include "storage/vault.hpp"

namespace storage::core {

class CaseStore final {
public:
    static Result<CaseStore> open(std::filesystem::path folder);  // makes it
    static CaseStore view(std::filesystem::path folder);          // for reading only, see Vault::view

    // A payload (nonce and chunks) that comes in piece by piece. Dropped without file(), it is not in the store.
    class Payload {
    public:
        Result<void> append(crypto::ByteView bytes);
        std::uint64_t size() const noexcept { return size_; }

    private:
        friend class CaseStore;
        Payload(policies::DocumentId document, Vault::Writer writer) : document_(std::move(document)), writer_(std::move(writer)) {}
        policies::DocumentId document_;
        Vault::Writer writer_;
        std::uint64_t size_ = 0;
    };
    Result<Payload> begin(const policies::DocumentId& document) const;  // replaces a half-written one; conflict when it is filed
    Result<void> file(Payload payload, std::string_view header) const;  // payload synced, then the header put: durable on return

    Result<std::string> header(const policies::DocumentId& document) const;
    Result<Vault::Reader> payload(const policies::DocumentId& document) const;  // not_found also without a header
    Result<void> remove(const policies::DocumentId& document) const;            // header first; gone already is fine
    bool contains(const policies::DocumentId& document) const;

private:
    explicit CaseStore(Vault vault) : vault_(std::move(vault)) {}
    Vault vault_;
};

}  // namespace storage::core
