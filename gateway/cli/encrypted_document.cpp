#include "gateway/cli/encrypted_document.hpp"

#include "crypto/ensure.hpp"
#include "gateway/cli/refusal.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace gateway::cli {
namespace {

using crypto::age::chunk_plain;
using crypto::age::chunk_sealed;

constexpr std::size_t chunks_per_piece = 16;
constexpr std::size_t piece_plain = chunks_per_piece * chunk_plain;
constexpr std::size_t piece_sealed = chunks_per_piece * chunk_sealed;

[[noreturn]] void refuse_changed() {
    throw Refusal(Refusal::Type{"changed"}, "it was changed while it was sent");
}

[[noreturn]] void refuse_unreadable() {
    throw Refusal(Refusal::Type{"unreadable"}, std::string("it cannot be read: ") + std::strerror(errno));
}

FileIdentity identity_of(const struct stat& found) {
    return {
        .size = static_cast<std::uint64_t>(found.st_size),
        .modified = static_cast<std::int64_t>(found.st_mtim.tv_sec) * 1'000'000'000 + found.st_mtim.tv_nsec,
        .inode = found.st_ino,
    };
}

}  // namespace

EncryptedDocument::EncryptedDocument(std::filesystem::path file)
    : path_(std::move(file)), file_(::open(path_.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)), plain_(piece_plain), sealed_(piece_sealed) {
    struct stat found{};
    if (file_ < 0 || ::fstat(file_, &found) != 0) {
        refuse_unreadable();
    }
    const bool regular = S_ISREG(found.st_mode);
    if (!regular || found.st_size == 0) {
        ::close(file_);
        throw regular ? Refusal(Refusal::Type{"empty"}, "it is empty; nothing was sent")
                      : Refusal(Refusal::Type{"unreadable"}, "it is no file with a content of its own");
    }
    identity_ = identity_of(found);
}

EncryptedDocument::~EncryptedDocument() {
    crypto::wipe(plain_);
    ::close(file_);
}

std::uint64_t EncryptedDocument::pieces() const noexcept {
    return (identity_.size - 1) / piece_plain + 1;
}

crypto::ByteView EncryptedDocument::read_piece(std::uint64_t number) {
    const std::uint64_t from = number * piece_plain;
    const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(piece_plain, identity_.size - from));
    std::size_t got = 0;
    while (got < wanted) {
        const auto count = ::pread(file_, plain_.data() + got, wanted - got, static_cast<off_t>(from + got));
        if (count < 0) {
            refuse_unreadable();
        }
        if (count == 0) {
            refuse_changed();  // shorter than it was
        }
        got += static_cast<std::size_t>(count);
    }
    return crypto::ByteView(plain_).first(wanted);
}

crypto::ByteView EncryptedDocument::seal_piece(std::uint64_t number, crypto::ByteView plain) {
    using Position = crypto::age::ChunkSealer::Position;
    std::size_t size = 0;
    for (std::uint64_t index = number * chunks_per_piece; !plain.empty(); ++index) {
        const auto chunk = plain.first(std::min(plain.size(), chunk_plain));
        plain = plain.subspan(chunk.size());
        const bool last = plain.empty() && number + 1 == pieces();
        sealer_->seal(index, last ? Position::last : Position::inner, chunk, sealed_.data() + size);
        size += chunk.size() + (chunk_sealed - chunk_plain);
    }
    return crypto::ByteView(sealed_).first(size);
}

template <class Take>
crypto::Digest EncryptedDocument::read_pieces(const Watch& watch, const Take& take) {
    noted_.clear();
    noted_.reserve(pieces());
    crypto::Sha256 hash;
    for (std::uint64_t number = 0; number < pieces(); ++number) {
        const auto plain = read_piece(number);
        noted_.push_back(crypto::sha256(plain));
        hash.update(plain);
        take(number, plain);
        watch(plain.size());
    }
    expect_unchanged();
    return hash.finish();
}

crypto::Digest EncryptedDocument::read_through(const Watch& watch) {
    return read_pieces(watch, [](std::uint64_t, crypto::ByteView) {});
}

EncryptedDocument::Digests EncryptedDocument::read_through(const crypto::age::FileStart& start, const Watch& watch) {
    take_key(start);
    crypto::Sha256 sealed;
    sealed.update(beginning_);
    const auto plain = read_pieces(watch, [&](std::uint64_t number, crypto::ByteView piece) { sealed.update(seal_piece(number, piece)); });
    return {plain, sealed.finish()};
}

void EncryptedDocument::take_key(const crypto::age::FileStart& start) {
    beginning_ = start.beginning;
    sealer_.emplace(start.file_key, start.nonce);
    in_sealed_.reset();
}

std::uint64_t EncryptedDocument::size() const {
    return beginning_.size() - crypto::age::payload_nonce + crypto::age::payload_size(identity_.size);
}

std::size_t EncryptedDocument::read_at(std::uint64_t offset, std::span<std::uint8_t> out) {
    crypto::ensure(sealer_.has_value() && noted_.size() == pieces(), "a document is read through before it is sealed");
    crypto::ByteView from;
    if (offset < beginning_.size()) {
        from = crypto::ByteView(beginning_).subspan(static_cast<std::size_t>(offset));
    } else if (offset < size()) {
        const std::uint64_t in_payload = offset - beginning_.size();
        const std::uint64_t number = in_payload / piece_sealed;
        if (in_sealed_ != number) {
            in_sealed_.reset();
            const auto plain = read_piece(number);
            if (crypto::sha256(plain) != noted_[number]) {
                refuse_changed();
            }
            sealed_size_ = seal_piece(number, plain).size();
            in_sealed_ = number;
        }
        from = crypto::ByteView(sealed_).first(sealed_size_).subspan(static_cast<std::size_t>(in_payload % piece_sealed));
    }
    const std::size_t count = std::min(out.size(), from.size());
    std::copy_n(from.begin(), count, out.begin());
    return count;
}

void EncryptedDocument::expect_unchanged() const {
    struct stat found{};
    if (::stat(path_.c_str(), &found) != 0 || identity_of(found) != identity_) {
        refuse_changed();
    }
}

}  // namespace gateway::cli
