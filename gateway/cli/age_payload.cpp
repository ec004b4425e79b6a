#include "gateway/cli/age_payload.hpp"

#include "gateway/cli/age_pipeline.hpp"

#include "crypto/errors.hpp"
#include "crypto/open/open.hpp"

#include <algorithm>

namespace gateway::cli {

namespace {

namespace age = crypto::age;
using Position = age::ChunkSealer::Position;

constexpr std::size_t chunks_a_block = 4;

// The chunks of one block, one behind the other in `out`. An empty file has one chunk, an empty one.
AgePipeline::Done seal_block(age::ChunkSealer& sealer, const AgePipeline::Block& block, std::span<std::uint8_t> out) {
    AgePipeline::Done done;
    crypto::ByteView rest = block.bytes;
    std::uint64_t index = block.number * chunks_a_block;
    do {
        const crypto::ByteView plain = rest.first(std::min(rest.size(), age::chunk_plain));
        rest = rest.subspan(plain.size());
        sealer.seal(index++, block.last && rest.empty() ? Position::last : Position::inner, plain, out.data() + done.size);
        done.size += plain.size() + age::chunk_sealed - age::chunk_plain;
    } while (!rest.empty());
    return done;
}

// Where the chunks of a payload stand, and what they are opened with.
struct Payload {
    const age::FileKey& file_key;
    std::array<std::uint8_t, age::payload_nonce> nonce{};
    const std::string& name;
};

void write_plain(AgeOutput& output, crypto::ByteView plain) {
    if (!output.write(plain)) {
        throw output.failure();
    }
}

// The last block, or one with a chunk that is not what it should be: what of it is authentic comes out, and what is wrong is told.
AgePipeline::Done open_with_care(const Payload& payload, const AgePipeline::Block& block, std::span<std::uint8_t> out) {
    AgePipeline::Done done;
    const auto keep = [&](crypto::ByteView plain) -> crypto::Result<void> {
        std::copy(plain.begin(), plain.end(), out.begin() + static_cast<std::ptrdiff_t>(done.size));
        done.size += plain.size();
        return {};
    };
    crypto::open::PayloadOpener opener(payload.file_key, payload.nonce, block.number * chunks_a_block, keep);
    auto opened = opener.update(block.bytes);
    opened = opened ? opener.finish() : opened;
    if (!opened || !block.last) {
        done.failure = std::make_exception_ptr(AgeFailure(make_error_code(crypto::Errc::payload), payload.name));
    }
    return done;
}

AgePipeline::Done
open_block(crypto::open::ChunkOpener& opener, const Payload& payload, const AgePipeline::Block& block, std::span<std::uint8_t> out) {
    if (block.last) {
        return open_with_care(payload, block, out);
    }
    AgePipeline::Done done;
    for (std::size_t chunk = 0; chunk < chunks_a_block; ++chunk) {
        const crypto::ByteView sealed = block.bytes.subspan(chunk * age::chunk_sealed, age::chunk_sealed);
        if (!opener.open(block.number * chunks_a_block + chunk, Position::inner, sealed, out.data() + done.size)) {
            return open_with_care(payload, block, out);
        }
        done.size += age::chunk_plain;
    }
    return done;
}

// Text comes line by line, and from one thread.
void open_armored(AgeSource& source, const age::FileKey& file_key, AgeOutput& output, const std::string& name) {
    crypto::open::PayloadOpener opener(file_key, [&output](crypto::ByteView plain) -> crypto::Result<void> {
        write_plain(output, plain);
        return {};
    });
    source.payload([&opener](crypto::ByteView bytes) { return opener.update(bytes); });
    const auto finished = opener.finish();
    if (!finished) {
        throw AgeFailure(finished.error(), name);
    }
}

}  // namespace

void seal_payload(const age::FileStart& file, AgeInput& input, const std::function<void(crypto::ByteView)>& write) {
    AgePipeline pipeline;
    pipeline.block_size = chunks_a_block * age::chunk_plain;
    pipeline.out_size = chunks_a_block * age::chunk_sealed;
    pipeline.read = [&input](std::span<std::uint8_t> out) { return input.fill(out); };
    pipeline.worker = [&file] {
        const auto sealer = std::make_shared<age::ChunkSealer>(file.file_key, file.nonce);
        return [sealer](const AgePipeline::Block& block, std::span<std::uint8_t> out) { return seal_block(*sealer, block, out); };
    };
    pipeline.write = write;
    pipeline.run();
}

void open_payload(AgeSource& source, const age::FileKey& file_key, AgeOutput& output, const std::string& name) {
    if (source.armored()) {
        open_armored(source, file_key, output, name);
        return;
    }
    Payload payload{file_key, {}, name};
    if (source.fill_payload(payload.nonce) != payload.nonce.size()) {
        // The nonce is missing: by the specification the header's part of the work.
        throw AgeFailure(make_error_code(crypto::Errc::header), name);
    }
    AgePipeline pipeline;
    pipeline.block_size = chunks_a_block * age::chunk_sealed;
    pipeline.out_size = chunks_a_block * age::chunk_plain + 1;  // an empty chunk needs an address as well
    pipeline.read = [&source](std::span<std::uint8_t> out) { return source.fill_payload(out); };
    pipeline.worker = [&payload] {
        const auto opener = std::make_shared<crypto::open::ChunkOpener>(payload.file_key, payload.nonce);
        return [opener, &payload](const AgePipeline::Block& block, std::span<std::uint8_t> out) {
            return open_block(*opener, payload, block, out);
        };
    };
    pipeline.write = [&output](crypto::ByteView plain) { write_plain(output, plain); };
    pipeline.run();
}

}  // namespace gateway::cli
