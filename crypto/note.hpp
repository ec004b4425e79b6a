// C2SP signed notes with Ed25519 (c2sp.org/signed-note): text that ends in a newline, an empty line, then one signature line a key.
// Key texts: verifier "name+hash+base64", signer "PRIVATE+KEY+name+hash+base64". Errors: format, encoding, signature.
#pragma once

#include "crypto/random.hpp"
#include "crypto/result.hpp"

#include <array>

namespace crypto {

class NoteVerifier {
public:
    static Result<NoteVerifier> parse(std::string_view vkey);

    const std::string& name() const noexcept { return name_; }
    std::uint32_t key_id() const noexcept { return key_id_; }
    std::string vkey() const;
    bool verify(ByteView message, ByteView signature) const noexcept;

private:
    friend class NoteSigner;
    NoteVerifier(std::string_view name, std::span<const std::uint8_t, 32> public_key);
    NoteVerifier() = default;
    std::string name_;
    std::uint32_t key_id_ = 0;
    std::array<std::uint8_t, 32> public_key_{};
};

class NoteSigner {
public:
    static NoteSigner generate(std::string_view name, Random& random);  // name: no space, no '+'
    static Result<NoteSigner> parse(std::string_view skey);

    SecretBytes skey() const;  // text
    const NoteVerifier& verifier() const noexcept { return verifier_; }
    std::string sign(std::string_view text) const;  // text must end in '\n'; gives text, empty line, signature line

private:
    NoteSigner() = default;
    NoteVerifier verifier_;
    Secret<64> secret_key_;  // as libsodium keeps it: seed, then public key
};

bool is_note_name(std::string_view name);  // what may name a key: UTF-8, no white space, no control character, no '+'

// The text of a note, when at least one of `known` signed it and no known key's signature is bad. Unknown signatures are ignored.
Result<std::string> open_note(std::string_view note, std::span<const NoteVerifier> known);

}  // namespace crypto
