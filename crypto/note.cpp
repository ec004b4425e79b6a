#include "crypto/note.hpp"

#include "crypto/digest.hpp"
#include "crypto/encoding.hpp"
#include "crypto/ensure.hpp"
#include "crypto/errors.hpp"
#include "crypto/utf8.hpp"

#include <sodium.h>

#include <optional>

namespace crypto {

namespace {

constexpr std::uint8_t ed25519_type = 0x01;
constexpr std::string_view signature_mark = "\xe2\x80\x94 ";  // U+2014, space
constexpr std::string_view private_mark = "PRIVATE+KEY+";
constexpr std::size_t key_id_size = 4;
constexpr std::size_t note_max = 1024 * 1024;
constexpr std::size_t signatures_max = 100;

// White space as Unicode has it (property White_Space).
bool is_space(char32_t point) {
    return (point >= 0x09 && point <= 0x0d) || point == 0x20 || point == 0x85 || point == 0xa0 || point == 0x1680 ||
           (point >= 0x2000 && point <= 0x200a) || point == 0x2028 || point == 0x2029 || point == 0x202f || point == 0x205f ||
           point == 0x3000;
}

// c2sp.org/signed-note, "Signatures": the first four bytes of SHA-256(name ‖ 0x0A ‖ type ‖ public key).
std::uint32_t key_id_of(std::string_view name, std::span<const std::uint8_t, 32> public_key) {
    const std::array<std::uint8_t, 2> between{0x0a, ed25519_type};
    const Digest digest = Sha256().update(as_bytes(name)).update(between).update(public_key).finish();
    std::uint32_t id = 0;
    for (std::size_t i = 0; i < key_id_size; ++i) {
        id = (id << 8U) | digest.bytes[i];
    }
    return id;
}

std::array<std::uint8_t, key_id_size> id_bytes(std::uint32_t id) {
    return {
        static_cast<std::uint8_t>(id >> 24U),
        static_cast<std::uint8_t>(id >> 16U),
        static_cast<std::uint8_t>(id >> 8U),
        static_cast<std::uint8_t>(id),
    };
}

// "name+hash+base64" taken apart; the key is 32 bytes behind its type. The caller wipes it when it is a secret.
struct KeyText {
    std::string_view name;
    std::string_view id;
    Bytes key;
};
Result<KeyText> split_key_text(std::string_view text) {
    const std::size_t first = text.find('+');
    const std::size_t second = first == std::string_view::npos ? first : text.find('+', first + 1);
    if (second == std::string_view::npos) {
        return Errc::format;
    }
    KeyText parts;
    parts.name = text.substr(0, first);
    parts.id = text.substr(first + 1, second - first - 1);
    if (!is_note_name(parts.name) || parts.id.size() != 2 * key_id_size) {
        return Errc::format;
    }
    auto typed = from_base64(text.substr(second + 1));
    if (!typed) {
        return typed.error();
    }
    const bool fits = typed->size() == 33 && typed->front() == ed25519_type;
    if (fits) {
        parts.key.assign(typed->begin() + 1, typed->end());
    }
    wipe(*typed);
    if (!fits) {
        return Errc::format;
    }
    return parts;
}

std::span<const std::uint8_t, 32> first_32(const Bytes& bytes) {
    ensure(bytes.size() >= 32, "a key has 32 bytes");
    return std::span<const std::uint8_t, 32>(bytes.data(), 32);
}

struct SignatureLine {
    std::string_view name;
    std::uint32_t key_id = 0;
    Bytes signature;
};
Result<SignatureLine> parse_signature_line(std::string_view line) {
    if (!line.starts_with(signature_mark)) {
        return Errc::format;
    }
    line.remove_prefix(signature_mark.size());
    const std::size_t space = line.find(' ');
    if (space == std::string_view::npos || !is_note_name(line.substr(0, space))) {
        return Errc::format;
    }
    const auto blob = from_base64(line.substr(space + 1));
    if (!blob) {
        return blob.error();
    }
    if (blob->size() <= key_id_size) {
        return Errc::format;
    }
    SignatureLine parsed;
    parsed.name = line.substr(0, space);
    for (std::size_t i = 0; i < key_id_size; ++i) {
        parsed.key_id = (parsed.key_id << 8U) | (*blob)[i];
    }
    parsed.signature.assign(blob->begin() + key_id_size, blob->end());
    return parsed;
}

const NoteVerifier* find_verifier(std::span<const NoteVerifier> known, const SignatureLine& line) {
    for (const NoteVerifier& verifier : known) {
        if (verifier.key_id() == line.key_id && verifier.name() == line.name) {
            return &verifier;
        }
    }
    return nullptr;
}

}  // namespace

bool is_note_name(std::string_view name) {
    const auto allowed = [](char32_t point) { return point >= 0x20 && point != U'+' && !is_space(point); };
    return !name.empty() && is_utf8(name, allowed);
}

NoteVerifier::NoteVerifier(std::string_view name, std::span<const std::uint8_t, 32> public_key)
    : name_(name), key_id_(key_id_of(name, public_key)) {
    std::copy(public_key.begin(), public_key.end(), public_key_.begin());
}

Result<NoteVerifier> NoteVerifier::parse(std::string_view vkey) {
    const auto parts = split_key_text(vkey);
    if (!parts) {
        return parts.error();
    }
    NoteVerifier verifier(parts->name, first_32(parts->key));
    if (to_hex(id_bytes(verifier.key_id_)) != parts->id) {
        return Errc::format;
    }
    return verifier;
}

std::string NoteVerifier::vkey() const {
    Bytes typed{ed25519_type};
    typed.insert(typed.end(), public_key_.begin(), public_key_.end());
    return name_ + '+' + to_hex(id_bytes(key_id_)) + '+' + to_base64(typed);
}

bool NoteVerifier::verify(ByteView message, ByteView signature) const noexcept {
    return signature.size() == crypto_sign_BYTES &&
           crypto_sign_verify_detached(signature.data(), message.data(), message.size(), public_key_.data()) == 0;
}

NoteSigner NoteSigner::generate(std::string_view name, Random& random) {
    ensure(is_note_name(name), "a key name has no space and no plus");
    const Secret<32> seed = random.secret<32>();
    NoteSigner signer;
    std::array<std::uint8_t, 32> public_key{};
    crypto_sign_seed_keypair(public_key.data(), signer.secret_key_.expose_writable().data(), seed.expose().data());
    signer.verifier_ = NoteVerifier(name, public_key);
    return signer;
}

Result<NoteSigner> NoteSigner::parse(std::string_view skey) {
    if (!skey.starts_with(private_mark)) {
        return Errc::format;
    }
    auto parts = split_key_text(skey.substr(private_mark.size()));
    if (!parts) {
        return parts.error();
    }
    NoteSigner signer;
    std::array<std::uint8_t, 32> public_key{};
    crypto_sign_seed_keypair(public_key.data(), signer.secret_key_.expose_writable().data(), parts->key.data());
    wipe(parts->key);
    signer.verifier_ = NoteVerifier(parts->name, public_key);
    if (to_hex(id_bytes(signer.verifier_.key_id_)) != parts->id) {
        return Errc::format;
    }
    return signer;
}

SecretBytes NoteSigner::skey() const {
    Secret<33> typed;
    typed.expose_writable()[0] = ed25519_type;
    const auto seed = secret_key_.expose().first<32>();
    std::copy(seed.begin(), seed.end(), typed.expose_writable().begin() + 1);
    std::string key = to_base64(typed.expose());
    const std::string before = std::string(private_mark) + verifier_.name() + '+' + to_hex(id_bytes(verifier_.key_id())) + '+';
    SecretBytes text(before.size() + key.size());
    const auto rest = std::copy(before.begin(), before.end(), text.expose_writable().begin());
    std::copy(key.begin(), key.end(), rest);
    wipe({reinterpret_cast<std::uint8_t*>(key.data()), key.size()});
    return text;
}

std::string NoteSigner::sign(std::string_view text) const {
    ensure(text.ends_with('\n'), "a note's text ends in a newline");
    Bytes blob(key_id_size + crypto_sign_BYTES);
    const auto id = id_bytes(verifier_.key_id());
    std::copy(id.begin(), id.end(), blob.begin());
    const auto* message = reinterpret_cast<const unsigned char*>(text.data());
    const int done = crypto_sign_detached(blob.data() + key_id_size, nullptr, message, text.size(), secret_key_.expose().data());
    ensure(done == 0, "Ed25519 signs");
    return std::string(text) + '\n' + std::string(signature_mark) + verifier_.name() + ' ' + to_base64(blob) + '\n';
}

Result<std::string> open_note(std::string_view note, std::span<const NoteVerifier> known) {
    const auto allowed = [](char32_t point) { return point >= 0x20 || point == U'\n'; };
    if (note.size() > note_max) {
        return Errc::limit;
    }
    const std::size_t cut = note.rfind("\n\n");  // a text may have empty lines; the last one ends it
    if (cut == std::string_view::npos || !note.ends_with('\n') || !is_utf8(note, allowed)) {
        return Errc::format;
    }
    const std::string_view text = note.substr(0, cut + 1);
    std::string_view lines = note.substr(cut + 2);
    bool signed_by_known = false;
    for (std::size_t count = 0; !lines.empty(); ++count) {
        if (count == signatures_max) {
            return Errc::limit;
        }
        const std::size_t end = lines.find('\n');
        const auto line = parse_signature_line(lines.substr(0, end));
        lines.remove_prefix(end + 1);
        if (!line) {
            return line.error();
        }
        const NoteVerifier* verifier = find_verifier(known, *line);
        if (verifier == nullptr) {
            continue;
        }
        if (!verifier->verify(as_bytes(text), line->signature)) {
            return Errc::signature;
        }
        signed_by_known = true;
    }
    if (!signed_by_known) {
        return Errc::signature;
    }
    return std::string(text);
}

}  // namespace crypto
