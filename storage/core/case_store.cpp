#include "storage/core/case_store.hpp"

namespace storage::core {

namespace {

std::string header_name(const policies::DocumentId& document) {
    return document.text() + ".header";
}

std::string payload_name(const policies::DocumentId& document) {
    return document.text() + ".payload";
}

}  // namespace

Result<CaseStore> CaseStore::open(std::filesystem::path folder) {
    auto vault = Vault::open(std::move(folder));
    if (vault.has_error()) {
        return vault.error();
    }
    return CaseStore(std::move(*vault));
}

CaseStore CaseStore::view(std::filesystem::path folder) {
    return CaseStore(Vault::view(std::move(folder)));
}

Result<void> CaseStore::Payload::append(crypto::ByteView bytes) {
    const auto written = writer_.write_at(size_, bytes);
    if (written.has_value()) {
        size_ += bytes.size();
    }
    return written;
}

Result<CaseStore::Payload> CaseStore::begin(const policies::DocumentId& document) const {
    if (contains(document)) {
        return Errc::conflict;
    }
    if (const auto removed = vault_.remove(payload_name(document)); removed.has_error()) {
        return removed.error();
    }
    auto writer = vault_.create(payload_name(document));
    if (writer.has_error()) {
        return writer.error();
    }
    return Payload(document, std::move(*writer));
}

Result<void> CaseStore::file(Payload payload, std::string_view header) const {
    if (const auto synced = payload.writer_.sync(); synced.has_error()) {
        return synced;
    }
    return vault_.put(header_name(payload.document_), crypto::as_bytes(header));
}

Result<std::string> CaseStore::header(const policies::DocumentId& document) const {
    const auto reader = vault_.open_to_read(header_name(document));
    if (reader.has_error()) {
        return reader.error();
    }
    std::string header(reader->size(), '\0');
    const auto got = reader->read_at(0, {reinterpret_cast<std::uint8_t*>(header.data()), header.size()});
    if (got.has_error()) {
        return got.error();
    }
    if (*got != header.size()) {
        return Errc::io;
    }
    return header;
}

Result<Vault::Reader> CaseStore::payload(const policies::DocumentId& document) const {
    if (!contains(document)) {
        return Errc::not_found;
    }
    return vault_.open_to_read(payload_name(document));
}

Result<void> CaseStore::remove(const policies::DocumentId& document) const {
    if (const auto removed = vault_.remove(header_name(document)); removed.has_error()) {
        return removed;
    }
    return vault_.remove(payload_name(document));
}

bool CaseStore::contains(const policies::DocumentId& document) const {
    return vault_.contains(header_name(document));
}

}  // namespace storage::core
