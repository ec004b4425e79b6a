#include "crypto/age/armor.hpp"
#include "crypto/age/inspect.hpp"
#include "crypto/encoding.hpp"
#include "crypto/ensure.hpp"
#include "crypto/open/hybrid.hpp"
#include "crypto/open/range.hpp"
#include "tests/fuzz/targets.hpp"

#include <algorithm>
#include <optional>

namespace tests::fuzz {

using namespace crypto;

namespace {

// Feeds `input` in pieces whose sizes come from the input itself: 1 to 16 bytes, so that every boundary is met.
template <class Feed>
void in_pieces(ByteView input, Feed feed) {
    std::size_t at = 0;
    while (at < input.size()) {
        const std::size_t size = std::min<std::size_t>(1 + input[at] % 16, input.size() - at);
        if (!feed(input.subspan(at, size))) {
            return;
        }
        at += size;
    }
}

struct Parsed {
    std::optional<boost::system::error_code> error;
    std::optional<age::Header> header;
};

template <class Split>
Parsed parse(ByteView input, Split split) {
    Parsed parsed;
    age::HeaderParser parser;
    split(input, [&](ByteView piece) {
        const auto fed = parser.feed(piece);
        if (!fed) {
            parsed.error = fed.error();
            return false;
        }
        ensure(fed->used <= piece.size(), "a parser uses no more than it is given");
        if (fed->state == age::HeaderParser::State::done) {
            parsed.header = parser.take();
        }
        return !parsed.header;
    });
    return parsed;
}

std::string written(const age::Header& header) {
    std::string text = "age-encryption.org/v1\n";
    for (const age::Stanza& stanza : header.stanzas) {
        text += age::format_stanza(stanza);
    }
    return text + "--- " + to_base64_raw(header.mac) + '\n';
}

// Reads the armor's text; what came out so far is in `bytes` also when it ends badly.
template <class Split>
bool read_armor(ByteView text, Bytes& bytes, Split split) {
    age::ArmorReader reader([&bytes](ByteView piece) -> Result<void> {
        bytes.insert(bytes.end(), piece.begin(), piece.end());
        return {};
    });
    bool good = true;
    split(text, [&](ByteView piece) {
        good = reader.update(piece).has_value();
        return good;
    });
    return good && reader.finish().has_value();
}

constexpr auto whole = [](ByteView input, auto feed) { feed(input); };
constexpr auto pieces = [](ByteView input, auto feed) { in_pieces(input, feed); };

}  // namespace

void header(ByteView input) {
    const Parsed at_once = parse(input, whole);
    const Parsed bit_by_bit = parse(input, pieces);
    ensure(at_once.header.has_value() == bit_by_bit.header.has_value(), "a header is one however its bytes come");
    ensure(at_once.error == bit_by_bit.error, "an error is the same however the bytes come");
    if (!at_once.header) {
        return;
    }
    const age::Header& parsed = *at_once.header;
    ensure(parsed.raw.size() <= age::header_bytes_max && parsed.stanzas.size() <= age::stanzas_max, "the limits hold");
    ensure(as_text(input).starts_with(parsed.raw), "the raw bytes are those that came");
    ensure(written(parsed) == parsed.raw, "one header has one text");
    const auto inspected = age::inspect(parsed);
    ensure(!inspected || inspected->header_size == parsed.raw.size(), "inspection measures the header");
    const auto accepted = age::expect_x25519_only(parsed);
    ensure(!accepted || inspected, "what an uploader may hand in is well-formed");
    static const open::X25519Identity identity(Secret<32>{});
    static const open::Identity* const identities[] = {&identity};
    const auto file_key = open::open_header(parsed, identities);
    ensure(!file_key || inspected, "only a well-formed header opens");
}

// The first 16 bytes are the file key; the rest is nonce and chunks.
void payload(ByteView input) {
    constexpr std::size_t key_size = 16;
    if (input.size() < key_size) {
        return;
    }
    const auto file_key = age::FileKey::copy_of(std::span<const std::uint8_t, key_size>(input.data(), key_size));
    const ByteView sealed = input.subspan(key_size);
    const auto run = [&](auto split, Bytes& plain) {
        open::PayloadOpener opener(file_key, [&plain](ByteView bytes) -> Result<void> {
            plain.insert(plain.end(), bytes.begin(), bytes.end());
            return {};
        });
        bool good = true;
        split(sealed, [&](ByteView piece) {
            good = opener.update(piece).has_value();
            return good;
        });
        return good && opener.finish().has_value();
    };
    Bytes plain;
    Bytes again;
    const bool good = run(whole, plain);
    ensure(good == run(pieces, again) && plain == again, "a payload is one however its bytes come");
    ensure(!good || age::plain_size(sealed.size()).has_value(), "what opens has a size that some content has");
    ensure(!good || age::payload_size(plain.size()) == sealed.size(), "and it is that of the content");
    const auto read = [&sealed](std::uint64_t offset, std::span<std::uint8_t> out) -> Result<void> {
        ensure(offset + out.size() <= sealed.size(), "nothing is read that is not there");
        std::copy_n(sealed.begin() + static_cast<std::ptrdiff_t>(offset), out.size(), out.begin());
        return {};
    };
    auto reader = open::RangeReader::start(file_key, sealed.size(), read);
    ensure(reader.has_value() || !good, "what opens as a whole opens in parts");
    if (good) {
        const std::size_t from = plain.size() / 3;
        Bytes part(plain.size() - from);
        ensure(reader->read_at(from, part).has_value(), "what opens as a whole opens in parts");
        ensure(std::equal(part.begin(), part.end(), plain.begin() + static_cast<std::ptrdiff_t>(from)), "a part is a part of the whole");
    }
}

void armor(ByteView input) {
    Bytes bytes;
    Bytes again;
    const bool good = read_armor(input, bytes, whole);
    ensure(good == read_armor(input, again, pieces) && bytes == again, "armor is one however its bytes come");
    if (!good) {
        return;
    }
    Bytes text;
    age::ArmorWriter writer([&text](ByteView piece) -> Result<void> {
        text.insert(text.end(), piece.begin(), piece.end());
        return {};
    });
    ensure(writer.update(bytes).has_value() && writer.finish().has_value(), "what was armored can be armored");
    Bytes back;
    ensure(read_armor(text, back, whole) && back == bytes, "and read again");
}

void bech32(ByteView input) {
    const std::string_view text = as_text(input);
    const auto decoded = from_bech32(text);
    if (decoded) {
        std::string lower(text);
        std::ranges::transform(lower, lower.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
        ensure(to_bech32(decoded->prefix, decoded->bytes) == lower, "one value has one text");
    }
    const auto recipient = age::X25519Recipient::parse(text);
    ensure(!recipient || recipient->text() == text, "one recipient has one text");
    const auto identity = open::X25519Identity::parse(text);
    ensure(!identity || identity->text().expose_text() == text, "one identity has one text");
    const auto post_quantum = age::HybridRecipient::parse(text);
    ensure(!post_quantum || post_quantum->text() == text, "one recipient has one text");
    const auto any = open::parse_identities(text);
    ensure(!any || !any->empty(), "an identity file holds an identity");
    const auto file = open::parse_identity_file(text);
    ensure(!file || !file->empty(), "an identity file holds an identity");
}

}  // namespace tests::fuzz
