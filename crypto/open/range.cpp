#include "crypto/open/range.hpp"

#include "crypto/errors.hpp"

namespace crypto::open {

namespace {

using age::chunk_plain;
using age::chunk_sealed;

}  // namespace

struct RangeReader::State {
    State(ChunkOpener opener, std::uint64_t plain_size, ReadAt read_bytes)
        : chunks(std::move(opener)), plain(plain_size), read(std::move(read_bytes)) {}
    ~State() { wipe(opened); }
    State(const State&) = delete;
    State& operator=(const State&) = delete;

    std::uint64_t last_chunk() const { return plain == 0 ? 0 : (plain - 1) / chunk_plain; }
    std::size_t size_of(std::uint64_t chunk) const {
        return static_cast<std::size_t>(std::min<std::uint64_t>(plain - chunk * chunk_plain, chunk_plain));
    }

    // `out` has room for the chunk's content.
    Result<void> open_chunk(std::uint64_t chunk, std::uint8_t* out) {
        const std::span<std::uint8_t> bytes(sealed.data(), size_of(chunk) + chunk_sealed - chunk_plain);
        const auto got = read(age::payload_nonce + chunk * chunk_sealed, bytes);
        if (!got) {
            return got;
        }
        const auto position = chunk == last_chunk() ? age::ChunkSealer::Position::last : age::ChunkSealer::Position::inner;
        return chunks.open(chunk, position, bytes, out) ? Result<void>{} : Result<void>(Errc::payload);
    }

    // The chunk is in `opened` afterwards.
    Result<void> keep(std::uint64_t chunk) {
        if (kept == chunk) {
            return {};
        }
        kept.reset();
        const auto done = open_chunk(chunk, opened.data());
        if (done) {
            kept = chunk;
        }
        return done;
    }

    ChunkOpener chunks;
    std::uint64_t plain;
    ReadAt read;
    std::optional<std::uint64_t> kept;
    Bytes sealed = Bytes(chunk_sealed);
    Bytes opened = Bytes(chunk_plain + 1);  // an empty chunk needs an address as well
};

RangeReader::RangeReader(std::unique_ptr<State> state) : state_(std::move(state)) {}
RangeReader::~RangeReader() = default;
RangeReader::RangeReader(RangeReader&&) noexcept = default;

Result<RangeReader> RangeReader::start(const age::FileKey& file_key, std::uint64_t payload_size, ReadAt read) {
    const auto plain = age::plain_size(payload_size);
    if (!plain) {
        return plain.error();
    }
    std::array<std::uint8_t, age::payload_nonce> nonce;
    const auto got = read(0, nonce);
    if (!got) {
        return got.error();
    }
    auto state = std::make_unique<State>(ChunkOpener(file_key, nonce), *plain, std::move(read));
    const auto last = state->keep(state->last_chunk());
    if (!last) {
        return last.error();
    }
    return RangeReader(std::move(state));
}

std::uint64_t RangeReader::size() const noexcept {
    return state_->plain;
}

Result<std::size_t> RangeReader::read_at(std::uint64_t offset, std::span<std::uint8_t> out) {
    State& state = *state_;
    std::size_t filled = 0;
    while (filled < out.size() && offset < state.plain) {
        const std::uint64_t chunk = offset / chunk_plain;
        const auto from = static_cast<std::size_t>(offset % chunk_plain);
        const std::size_t size = std::min(state.size_of(chunk) - from, out.size() - filled);
        // A whole chunk goes straight to where it is wanted, a part of one by way of the kept one.
        const bool whole = size == state.size_of(chunk) && state.kept != chunk;
        const auto done = whole ? state.open_chunk(chunk, out.data() + filled) : state.keep(chunk);
        if (!done) {
            return done.error();
        }
        if (!whole) {
            std::copy_n(state.opened.begin() + static_cast<std::ptrdiff_t>(from), size, out.begin() + static_cast<std::ptrdiff_t>(filled));
        }
        filled += size;
        offset += size;
    }
    return filled;
}

}  // namespace crypto::open
