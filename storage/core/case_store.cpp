#include "storage/core/case_store.hpp"

namespace storage::core {

Result<CaseStore> CaseStore::open(const std::filesystem::path& folder) {
    auto headers = Vault::open(folder / "headers");
    if (headers.has_error()) {
        return headers.error();
    }
    auto payloads = Vault::open(folder / "payloads");
    if (payloads.has_error()) {
        return payloads.error();
    }
    return CaseStore(std::move(*headers), std::move(*payloads));
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
    if (const auto removed = payloads_.remove(document.text()); removed.has_error()) {
        return removed.error();
    }
    auto writer = payloads_.create(document.text());
    if (writer.has_error()) {
        return writer.error();
    }
    return Payload(document, std::move(*writer));
}

Result<void> CaseStore::file(Payload payload, std::string_view header) const {
    if (const auto synced = payload.writer_.sync(); synced.has_error()) {
        return synced;
    }
    return headers_.put(payload.document_.text(), crypto::as_bytes(header));
}

Result<std::string> CaseStore::header(const policies::DocumentId& document) const {
    const auto reader = headers_.open_to_read(document.text());
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
    return payloads_.open_to_read(document.text());
}

Result<void> CaseStore::remove(const policies::DocumentId& document) const {
    if (const auto removed = headers_.remove(document.text()); removed.has_error()) {
        return removed;
    }
    return payloads_.remove(document.text());
}

bool CaseStore::contains(const policies::DocumentId& document) const {
    return headers_.contains(document.text());
}

}  // namespace storage::core
