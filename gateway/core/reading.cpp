#include "gateway/core/reading.hpp"

#include "crypto/age/header.hpp"
#include "crypto/age/seal.hpp"
#include "crypto/ensure.hpp"
#include "crypto/errors.hpp"
#include "crypto/open/open.hpp"
#include "storage/core/documents.hpp"
#include "storage/core/dossiers.hpp"

#include <stdexcept>

namespace gateway::core {

namespace {

constexpr std::size_t piece = crypto::age::chunk_sealed;

// The plaintext as far as it was decrypted; at most two chunks wait here.
class ClearText final {
public:
    ClearText(storage::Vault::Reader payload, const crypto::age::FileKey& file_key)
        : payload_(std::move(payload)), opener_(file_key, [this](crypto::ByteView bytes) -> crypto::Result<void> {
              waiting_.insert(waiting_.end(), bytes.begin(), bytes.end());
              return {};
          }) {}
    ClearText(const ClearText&) = delete;  // the sink holds on to this object
    ClearText& operator=(const ClearText&) = delete;
    ~ClearText() { crypto::wipe(waiting_); }

    crypto::Bytes read(std::uint64_t offset, std::size_t count_max) {
        if (offset != offset_) {
            throw std::runtime_error("a document is read from front to back");
        }
        while (waiting_.empty() && !ended_) {
            decrypt_piece();
        }
        const auto count = std::min(count_max, waiting_.size());
        const auto end = waiting_.begin() + static_cast<std::ptrdiff_t>(count);
        crypto::Bytes bytes(waiting_.begin(), end);
        waiting_.erase(waiting_.begin(), end);
        offset_ += count;
        return bytes;
    }

private:
    void decrypt_piece() {
        const auto got = payload_.read_at(sealed_offset_, sealed_);
        if (got.has_error()) {
            throw std::runtime_error("a stored document could not be read");
        }
        sealed_offset_ += *got;
        ended_ = *got < sealed_.size();
        auto opened = opener_.update(crypto::ByteView(sealed_).first(*got));
        if (opened.has_value() && ended_) {
            opened = opener_.finish();
        }
        if (opened.has_error()) {
            throw std::runtime_error("a stored document is damaged");
        }
    }

    storage::Vault::Reader payload_;
    crypto::Bytes waiting_;
    crypto::Bytes sealed_ = crypto::Bytes(piece);
    std::uint64_t sealed_offset_ = 0;
    std::uint64_t offset_ = 0;
    bool ended_ = false;
    crypto::open::PayloadOpener opener_;
};

crypto::Result<crypto::age::Header> parse_header(std::string_view text) {
    crypto::age::HeaderParser parser;
    const auto fed = parser.feed(crypto::as_bytes(text));
    if (fed.has_error()) {
        return fed.error();
    }
    if (fed->state != crypto::age::HeaderParser::State::done || fed->used != text.size()) {
        return crypto::Errc::header;
    }
    return parser.take();
}

// The identity of the compartment the document was filed in, still sealed.
crypto::Result<crypto::Bytes> sealed_identity_of(storage::Database& database, const policies::DocumentId& id) {
    return database.read([&id](storage::Connection& connection) -> crypto::Result<crypto::Bytes> {
        const auto document = storage::core::Documents::find(connection, id);
        if (!document || document->state != policies::DocumentState::filed || !document->filing) {
            return storage::Errc::not_found;
        }
        auto compartment = storage::core::Dossiers::compartment(connection, document->filing->compartment);
        if (!compartment || compartment->sealed_identity.empty()) {  // empty: destroyed
            return storage::Errc::not_found;
        }
        return std::move(compartment->sealed_identity);
    });
}

crypto::Result<crypto::age::FileKey> file_key_of(crypto::ByteView sealed_identity, const Keyring& keyring, std::string_view header_text) {
    const auto identity_text = keyring.unseal(sealed_identity);
    if (identity_text.has_error()) {
        return identity_text.error();
    }
    const auto identity = crypto::open::X25519Identity::parse(identity_text->expose_text());
    if (identity.has_error()) {
        return identity.error();
    }
    const auto header = parse_header(header_text);
    if (header.has_error()) {
        return header.error();
    }
    const crypto::open::Identity* const identities[] = {&*identity};
    return crypto::open::open_header(*header, identities);
}

}  // namespace

crypto::Result<std::shared_ptr<gateway::http::BodySource>> open_document(
    storage::Database& database,
    storage::core::CaseStore& case_store,
    const Keyring& keyring,
    const policies::DocumentId& document
) {
    const auto sealed_identity = sealed_identity_of(database, document);
    if (sealed_identity.has_error()) {
        return sealed_identity.error();
    }
    const auto header = case_store.header(document);
    if (header.has_error()) {
        return header.error();
    }
    auto payload = case_store.payload(document);
    if (payload.has_error()) {
        return payload.error();
    }
    const auto size = crypto::age::plain_size(payload->size());
    if (size.has_error()) {
        return size.error();
    }
    const auto file_key = file_key_of(*sealed_identity, keyring, *header);
    if (file_key.has_error()) {
        return file_key.error();
    }
    auto clear_text = std::make_shared<ClearText>(std::move(*payload), *file_key);
    auto source = std::make_shared<gateway::http::BodySource>();
    source->size = *size;
    source->read = [clear_text](std::uint64_t offset, std::size_t count_max) { return clear_text->read(offset, count_max); };
    return source;
}

crypto::Result<std::string> rewrap_document(
    storage::Database& database,
    storage::core::CaseStore& case_store,
    const Keyring& keyring,
    const policies::DocumentId& document,
    const std::string& reader,
    crypto::Random& random
) {
    const auto recipient = crypto::age::X25519Recipient::parse(reader);
    if (recipient.has_error()) {
        return recipient.error();
    }
    const auto sealed_identity = sealed_identity_of(database, document);
    if (sealed_identity.has_error()) {
        return sealed_identity.error();
    }
    const auto header = case_store.header(document);
    if (header.has_error()) {
        return header.error();
    }
    const auto file_key = file_key_of(*sealed_identity, keyring, *header);
    if (file_key.has_error()) {
        return file_key.error();
    }
    const crypto::age::Recipient* const to[] = {&*recipient};
    return crypto::age::seal_header(*file_key, to, random);
}

}  // namespace gateway::core
