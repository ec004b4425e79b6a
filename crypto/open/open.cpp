#include "crypto/open/open.hpp"

#include "crypto/age/chunk_cipher.hpp"
#include "crypto/age/inspect.hpp"
#include "crypto/ensure.hpp"
#include "crypto/errors.hpp"

#include <openssl/evp.h>

namespace crypto::open {

namespace {

using age::chunk_plain;
using age::chunk_sealed;
using age::chunk_tag;
using Position = age::ChunkSealer::Position;

}  // namespace

Result<age::FileKey> open_header(const age::Header& header, std::span<const Identity* const> identities) {
    const auto inspected = age::inspect(header);  // a malformed header is one whoever reads it
    if (!inspected) {
        return inspected.error();
    }
    for (const Identity* identity : identities) {
        auto file_key = identity->unwrap(header.stanzas);
        if (!file_key) {
            if (file_key.error() == Errc::no_match) {
                continue;
            }
            return file_key.error();
        }
        if (!equal_in_constant_time(age::header_mac(*file_key, age::mac_input(header)), header.mac)) {
            return Errc::header_mac;
        }
        return file_key;
    }
    return Errc::no_match;
}

struct ChunkOpener::State {
    age::Cipher cipher;
};

ChunkOpener::ChunkOpener(const age::FileKey& file_key, PayloadNonce nonce)
    : state_(std::make_unique<State>(age::chunk_cipher(file_key, nonce, age::CipherDirection::open))) {}
ChunkOpener::~ChunkOpener() = default;
ChunkOpener::ChunkOpener(ChunkOpener&&) noexcept = default;

bool ChunkOpener::open(std::uint64_t index, age::ChunkSealer::Position position, ByteView sealed, std::uint8_t* plain) {
    ensure(sealed.size() >= chunk_tag && sealed.size() <= chunk_sealed, "a chunk has a tag and at most 64 KiB");
    EVP_CIPHER_CTX* const cipher = state_->cipher.get();
    const auto nonce = age::chunk_nonce(index, position == age::ChunkSealer::Position::last);
    const std::size_t size = sealed.size() - chunk_tag;
    std::array<std::uint8_t, chunk_tag> tag;
    std::copy(sealed.end() - chunk_tag, sealed.end(), tag.begin());
    int written = 0;
    bool good = EVP_DecryptInit_ex2(cipher, nullptr, nullptr, nonce.data(), nullptr) == 1;  // the key stays
    good = good && EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_AEAD_SET_TAG, chunk_tag, tag.data()) == 1;
    good = good && EVP_DecryptUpdate(cipher, plain, &written, sealed.data(), static_cast<int>(size)) == 1;
    return good && EVP_DecryptFinal_ex(cipher, plain + size, &written) == 1;
}

struct PayloadOpener::State {
    enum class Phase { nonce, chunks, ended };

    State(const age::FileKey& key, age::Sink to) : file_key(age::FileKey::copy_of(key.expose())), sink(std::move(to)) {
        pending.reserve(chunk_sealed);
    }
    void begin(PayloadNonce nonce) {
        chunks.emplace(file_key, nonce);
        file_key = age::FileKey();
        phase = Phase::chunks;
    }
    ~State() { wipe(plain); }
    State(const State&) = delete;
    State& operator=(const State&) = delete;

    Result<void> take_nonce(ByteView& sealed);
    Result<void> open_inner(ByteView chunk);
    bool open_as(ByteView chunk, Position position) { return chunks->open(index, position, chunk, plain.data()); }
    Result<void> release(ByteView chunk) {
        ++index;
        return chunk.size() == chunk_tag ? Result<void>{} : sink(ByteView(plain).first(chunk.size() - chunk_tag));
    }

    age::FileKey file_key;
    age::Sink sink;
    Phase phase = Phase::nonce;
    std::optional<ChunkOpener> chunks;
    std::uint64_t index = 0;
    Bytes pending;                          // the nonce, then at most one chunk
    Bytes plain = Bytes(chunk_plain + 1);   // an empty chunk needs an address as well
};

Result<void> PayloadOpener::State::take_nonce(ByteView& sealed) {
    const std::size_t taken = std::min(sealed.size(), age::payload_nonce - pending.size());
    pending.insert(pending.end(), sealed.begin(), sealed.begin() + static_cast<std::ptrdiff_t>(taken));
    sealed = sealed.subspan(taken);
    if (pending.size() == age::payload_nonce) {
        begin(PayloadNonce(pending.data(), age::payload_nonce));
        pending.clear();
    }
    return {};
}

// A full chunk with bytes behind it. Were it flagged as the last, its bytes are authentic and go out, but the file is wrong.
Result<void> PayloadOpener::State::open_inner(ByteView chunk) {
    if (open_as(chunk, Position::inner)) {
        return release(chunk);
    }
    phase = Phase::ended;
    if (open_as(chunk, Position::last)) {
        const auto released = release(chunk);
        if (!released) {
            return released;
        }
    }
    return Errc::payload;
}

PayloadOpener::PayloadOpener(const age::FileKey& file_key, age::Sink sink) : state_(std::make_unique<State>(file_key, std::move(sink))) {}
PayloadOpener::PayloadOpener(const age::FileKey& file_key, PayloadNonce nonce, std::uint64_t index, age::Sink sink)
    : PayloadOpener(file_key, std::move(sink)) {
    state_->begin(nonce);
    state_->index = index;
}
PayloadOpener::~PayloadOpener() = default;
PayloadOpener::PayloadOpener(PayloadOpener&&) noexcept = default;

Result<void> PayloadOpener::update(ByteView sealed) {
    State& state = *state_;
    if (state.phase == State::Phase::nonce) {
        const auto taken = state.take_nonce(sealed);
        if (!taken) {
            return taken;
        }
    }
    while (!sealed.empty()) {
        if (state.phase == State::Phase::ended) {
            return Errc::payload;
        }
        // A full chunk waits until more bytes come: only then is it known not to be the last.
        const bool straight = state.pending.empty() && sealed.size() > chunk_sealed;
        if (straight || state.pending.size() == chunk_sealed) {
            const auto opened = state.open_inner(straight ? sealed.first(chunk_sealed) : ByteView(state.pending));
            if (!opened) {
                return opened;
            }
            state.pending.clear();
            sealed = straight ? sealed.subspan(chunk_sealed) : sealed;
            continue;
        }
        const std::size_t taken = std::min(sealed.size(), chunk_sealed - state.pending.size());
        state.pending.insert(state.pending.end(), sealed.begin(), sealed.begin() + static_cast<std::ptrdiff_t>(taken));
        sealed = sealed.subspan(taken);
    }
    return {};
}

Result<void> PayloadOpener::finish() {
    State& state = *state_;
    if (state.phase == State::Phase::nonce) {
        return Errc::header;  // the nonce is missing: by the specification the header's part of the work
    }
    const bool empty_after_others = state.pending.size() == chunk_tag && state.index > 0;
    if (state.phase == State::Phase::ended || state.pending.size() < chunk_tag || empty_after_others) {
        return Errc::payload;
    }
    state.phase = State::Phase::ended;
    if (state.open_as(state.pending, Position::last)) {
        return state.release(state.pending);
    }
    // A full chunk that is not flagged as the last: authentic, and goes out, but the file was cut behind it.
    if (state.pending.size() == chunk_sealed && state.open_as(state.pending, Position::inner)) {
        const auto released = state.release(state.pending);
        return released ? Result<void>(Errc::payload) : released;
    }
    return Errc::payload;
}

Decryptor::Decryptor(std::vector<const Identity*> identities, age::Sink sink)
    : identities_(std::move(identities)), sink_(std::move(sink)) {}

Result<void> Decryptor::update(ByteView bytes) {
    if (!payload_) {
        const auto fed = parser_.feed(bytes);
        if (!fed) {
            return fed.error();
        }
        if (fed->state == age::HeaderParser::State::need_more) {
            return {};
        }
        bytes = bytes.subspan(fed->used);
        const auto file_key = open_header(parser_.take(), identities_);
        if (!file_key) {
            return file_key.error();
        }
        payload_.emplace(*file_key, sink_);
    }
    return payload_->update(bytes);
}

Result<void> Decryptor::finish() {
    return payload_ ? payload_->finish() : Result<void>(Errc::header);
}

Result<SecretBytes> decrypt(std::span<const Identity* const> identities, ByteView file) {
    constexpr std::size_t file_max = 1024 * 1024 + age::header_bytes_max;
    if (file.size() > file_max) {
        return Errc::limit;
    }
    SecretBytes room(file.size());  // a plaintext is smaller than its file
    std::size_t size = 0;
    const age::Sink sink = [&](ByteView plain) -> Result<void> {
        std::copy(plain.begin(), plain.end(), room.expose_writable().subspan(size).begin());
        size += plain.size();
        return {};
    };
    Decryptor decryptor({identities.begin(), identities.end()}, sink);
    const auto taken = decryptor.update(file);
    if (!taken) {
        return taken.error();
    }
    const auto finished = decryptor.finish();
    if (!finished) {
        return finished.error();
    }
    return SecretBytes::copy_of(room.expose().first(size));
}

Result<std::string>
rewrap(const age::Header& header, std::span<const Identity* const> by, std::span<const age::Recipient* const> to, Random& random) {
    const auto file_key = open_header(header, by);
    if (!file_key) {
        return file_key.error();
    }
    return age::seal_header(*file_key, to, random);
}

}  // namespace crypto::open
