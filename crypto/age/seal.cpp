#include "crypto/age/seal.hpp"

#include "crypto/encoding.hpp"
#include "crypto/ensure.hpp"
#include "crypto/errors.hpp"

#include <set>

namespace crypto::age {

namespace {

// Twice the same recipient is a mistake of the caller.
bool go_together(std::span<const Recipient* const> recipients) {
    std::set<std::string> seen;
    for (const Recipient* recipient : recipients) {
        if (recipient->label() != recipients.front()->label() || (recipient->stands_alone() && recipients.size() > 1) ||
            !seen.insert(recipient->text()).second) {
            return false;
        }
    }
    return !recipients.empty() && recipients.size() <= stanzas_max;
}

}  // namespace

Result<std::string> seal_header(const FileKey& file_key, std::span<const Recipient* const> recipients, Random& random) {
    if (!go_together(recipients)) {
        return Errc::format;
    }
    std::string header = "age-encryption.org/v1\n";
    for (const Recipient* recipient : recipients) {
        const auto stanza = recipient->wrap(file_key, random);
        if (!stanza) {
            return stanza.error();
        }
        header += format_stanza(*stanza);
    }
    header += "---";
    header += ' ' + to_base64_raw(header_mac(file_key, header)) + '\n';
    return header;
}

Result<FileStart> start_file(std::span<const Recipient* const> recipients, Random& random) {
    FileStart start;
    start.file_key = random.secret<16>();
    const auto header = seal_header(start.file_key, recipients, random);
    if (!header) {
        return header.error();
    }
    start.nonce = random.bytes<payload_nonce>();
    start.beginning.assign(header->begin(), header->end());
    start.beginning.insert(start.beginning.end(), start.nonce.begin(), start.nonce.end());
    return start;
}

Encryptor::Encryptor(ChunkSealer sealer, Sink sink) : sealer_(std::move(sealer)), sink_(std::move(sink)), sealed_(chunk_sealed) {
    pending_.reserve(chunk_plain);
}

Result<Encryptor> Encryptor::start(std::span<const Recipient* const> recipients, Random& random, Sink sink) {
    const auto file = start_file(recipients, random);
    if (!file) {
        return file.error();
    }
    const auto written = sink(file->beginning);
    if (!written) {
        return written.error();
    }
    return Encryptor(ChunkSealer(file->file_key, file->nonce), std::move(sink));
}

// A full chunk waits until more bytes come: only then is it known not to be the last.
Result<void> Encryptor::update(ByteView plain) {
    while (!plain.empty()) {
        if (pending_.size() == chunk_plain || (pending_.empty() && plain.size() > chunk_plain)) {
            const bool straight = pending_.empty();  // from the caller's buffer, without a copy
            sealer_.seal(index_++, ChunkSealer::Position::inner, straight ? plain.first(chunk_plain) : ByteView(pending_), sealed_.data());
            const auto written = sink_(sealed_);
            if (!written) {
                return written.error();
            }
            pending_.clear();
            plain = straight ? plain.subspan(chunk_plain) : plain;
            continue;
        }
        const std::size_t taken = std::min(plain.size(), chunk_plain - pending_.size());
        pending_.insert(pending_.end(), plain.begin(), plain.begin() + static_cast<std::ptrdiff_t>(taken));
        plain = plain.subspan(taken);
    }
    return {};
}

Result<void> Encryptor::finish() {
    sealer_.seal(index_, ChunkSealer::Position::last, pending_, sealed_.data());
    const auto written = sink_(ByteView(sealed_).first(pending_.size() + chunk_sealed - chunk_plain));
    wipe(pending_);
    return written;
}

Result<Bytes> encrypt(std::span<const Recipient* const> recipients, ByteView plain, Random& random) {
    Bytes file;
    const Sink sink = [&file](ByteView bytes) -> Result<void> {
        file.insert(file.end(), bytes.begin(), bytes.end());
        return {};
    };
    auto encryptor = Encryptor::start(recipients, random, sink);
    if (!encryptor) {
        return encryptor.error();
    }
    const auto taken = encryptor->update(plain);
    if (!taken) {
        return taken.error();
    }
    const auto finished = encryptor->finish();
    if (!finished) {
        return finished.error();
    }
    return file;
}

}  // namespace crypto::age
